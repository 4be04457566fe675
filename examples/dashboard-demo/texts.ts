import type { Locale } from '@api-key-fallback/core';
import type { Scene } from './scene.ts';

/** Everything that the demo says in one language. */
export interface Texts {
  readonly help: string;
  readonly badLanguage: (given: string) => string;
  readonly badScene: (given: string) => string;
  readonly badPort: (given: string) => string;
  readonly unknownOption: (option: string) => string;
  readonly portInUse: (port: number) => string;
  readonly open: (link: string) => string;
  readonly scenes: Readonly<Record<Scene, string>>;
  readonly end: string;
}

const en: Texts = {
  help: `Shows the dashboard with keys that are in trouble. Needs no key.

  npx pnpm@12 dashboard-demo                    some keys are out
  npx pnpm@12 dashboard-demo --scene exhausted  OpenAI has no key left
  npx pnpm@12 dashboard-demo --lang pt-BR       the same in Portuguese

  --scene incident|calm|exhausted   What happens; incident by default.
  --lang en|pt-BR                   The language; en by default.
  --port <number>                   The port; a free one by default.
  --help                            Shows this text.`,
  badLanguage: (given) => `--lang must be en or pt-BR, not "${given}".`,
  badScene: (given) => `--scene must be incident, calm or exhausted, not "${given}".`,
  badPort: (given) => `--port must be a number from 0 to 65535, not "${given}".`,
  unknownOption: (option) => `Unknown option "${option}". See --help.`,
  portInUse: (port) => `Port ${port} is in use. Choose another one, or leave out --port.`,
  open: (link) => `Open the dashboard: ${link}`,
  scenes: {
    incident:
      'Within ten seconds one key is refused, one cools down, one has used up its day, and a few of 200 more are out.',
    calm: 'All keys can be used. Press a button of a key, and see what happens.',
    exhausted: 'Within ten seconds no OpenAI key can be used. The first one is back after three minutes.',
  },
  end: 'A server on this machine plays the providers. Ctrl-C ends the demo.',
};

const portuguese: Texts = {
  help: `Mostra o painel com chaves em apuros. Dispensa chaves.

  npx pnpm@12 dashboard-demo --lang pt-BR       algumas chaves estão fora
  npx pnpm@12 dashboard-demo --lang pt-BR --scene exhausted
                                                a OpenAI fica sem chaves
  npx pnpm@12 dashboard-demo                    o mesmo em inglês

  --scene incident|calm|exhausted   O que acontece; o padrão é incident.
  --lang en|pt-BR                   O idioma; o padrão é en.
  --port <número>                   A porta; o padrão é uma livre.
  --help                            Mostra este texto.`,
  badLanguage: (given) => `--lang deve ser en ou pt-BR, não "${given}". Escreva --lang pt-BR.`,
  badScene: (given) => `--scene deve ser incident, calm ou exhausted, não "${given}".`,
  badPort: (given) => `--port deve ser um número de 0 a 65535, não "${given}".`,
  unknownOption: (option) => `Opção desconhecida: "${option}". Veja --help.`,
  portInUse: (port) => `A porta ${port} está em uso. Escolha outra ou omita --port.`,
  open: (link) => `Abra o painel: ${link}`,
  scenes: {
    incident:
      'Em dez segundos uma chave é recusada, uma entra em espera, uma esgota a cota do dia, e algumas de outras 200 ficam fora.',
    calm: 'Todas as chaves podem ser usadas. Acione um botão de uma chave e veja o que acontece.',
    exhausted: 'Em dez segundos nenhuma chave da OpenAI pode ser usada. A primeira volta depois de três minutos.',
  },
  end: 'Um servidor nesta máquina faz o papel dos provedores. Ctrl-C encerra a demonstração.',
};

export const texts: Readonly<Record<Locale, Texts>> = { en, 'pt-BR': portuguese };
