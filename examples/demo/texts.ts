import type { ExhaustedReason, KeyState, Locale } from '@api-key-fallback/core';

/** A case: what it is called, and what to look for in its log. */
interface CaseTexts {
  readonly title: string;
  readonly narration: string;
}

/** Everything that the demo says in one language. */
export interface Texts {
  readonly help: string;
  readonly badLanguage: (given: string | undefined) => string;
  readonly unknownOption: (option: string) => string;
  readonly intro: string;
  readonly rateLimit: CaseTexts;
  readonly invalidKey: CaseTexts;
  readonly network: CaseTexts;
  readonly exhausted: CaseTexts;
  readonly outro: string;
  readonly prompt: string;
  readonly reply: string;
  readonly answer: (text: string) => string;
  readonly failed: (error: string) => string;
  readonly allKeysFailed: (reason: ExhaustedReason, attempts: number) => string;
  readonly backAt: (time: string, seconds: number) => string;
  readonly setKeys: (names: string) => string;
  readonly heads: readonly [
    key: string,
    masked: string,
    state: string,
    successes: string,
    failures: string,
    back: string,
  ];
  readonly states: Readonly<Record<KeyState, string>>;
}

const en: Texts = {
  help: `Shows what API Key Fallback does when an API key fails. Needs no key.

  npx pnpm@12 demo                 four failures, with a server on this machine
  npx pnpm@12 demo --lang pt-BR    the same in Portuguese
  npx pnpm@12 demo --live          one real call per provider, with your keys

  --lang en|pt-BR   Language of the demo and of its log; en by default.
  --live            Uses the keys in the environment and in .env.
  --help            Shows this text.`,
  badLanguage: (given) => `--lang must be en or pt-BR${given === undefined ? '' : `, not "${given}"`}.`,
  unknownOption: (option) => `Unknown option "${option}". See --help.`,
  intro:
    'Four failures, with the real OpenAI and YouTube clients. A server on this machine plays the providers: nothing leaves it, and no key is needed.',
  rateLimit: {
    title: '1. Rate limit',
    narration: 'The provider refuses key 1 for 20 s. The call does not wait: it goes on with key 2 at once.',
  },
  invalidKey: {
    title: '2. Invalid key',
    narration:
      'YouTube does not accept key 1. Another attempt would not help, so the key is disabled for now, and key 2 answers.',
  },
  network: {
    title: '3. Network failure',
    narration:
      'The connection breaks with key 1. That may pass, so the call tries the same key three times before it takes the next one.',
  },
  exhausted: {
    title: '4. All keys out',
    narration:
      'Now all four keys are limited. The call fails with an error that says why, and when the first key is back.',
  },
  outro: 'With your own keys: copy .env.example to .env, fill it in, and run\n  npx pnpm@12 demo --live',
  prompt: 'Hello, how are you?',
  reply: 'Fine, thank you! And you?',
  answer: (text) => `Answer: ${text}`,
  failed: (error) => `Failed: ${error}`,
  allKeysFailed: (reason, attempts) => `AllKeysFailedError (${reason}) after ${attempts} attempts.`,
  backAt: (time, seconds) => `The first key is back at ${time}, in ${seconds} s.`,
  setKeys: (name) => `No key found. Set ${name}, ${name}_2, … in the environment or in .env (see .env.example).`,
  heads: ['Key', 'Masked', 'State', 'OK', 'Failed', 'Back at'],
  states: {
    healthy: 'healthy',
    suspect: 'suspect',
    cooling: 'cooling',
    recovering: 'recovering',
    disabled: 'disabled',
  },
};

const portuguese: Texts = {
  help: `Mostra o que o API Key Fallback faz quando uma chave falha. Dispensa chaves.

  npx pnpm@12 demo --lang pt-BR          quatro falhas, com um servidor local
  npx pnpm@12 demo                       o mesmo em inglês
  npx pnpm@12 demo --lang pt-BR --live   uma chamada real por provedor

  --lang en|pt-BR   Idioma da demonstração e do log; o padrão é en.
  --live            Usa as suas chaves, do ambiente e do arquivo .env.
  --help            Mostra este texto.`,
  badLanguage: (given) =>
    `--lang deve ser en ou pt-BR${given === undefined ? '' : `, não "${given}"`}. Escreva --lang pt-BR.`,
  unknownOption: (option) => `Opção desconhecida: "${option}". Veja --help.`,
  intro:
    'Quatro falhas, com os clientes reais da OpenAI e do YouTube. Um servidor nesta máquina faz o papel dos provedores: nada sai daqui, e nenhuma chave é necessária.',
  rateLimit: {
    title: '1. Limite de requisições',
    narration: 'O provedor recusa a chave 1 por 20 s. A chamada não espera: segue na hora com a chave 2.',
  },
  invalidKey: {
    title: '2. Chave inválida',
    narration:
      'O YouTube não aceita a chave 1. Tentar de novo não adiantaria, então ela fica desativada por ora, e a chave 2 responde.',
  },
  network: {
    title: '3. Falha de rede',
    narration:
      'A conexão cai com a chave 1. Pode ser passageiro, então a chamada tenta três vezes com a mesma chave antes de passar para a próxima.',
  },
  exhausted: {
    title: '4. Todas as chaves fora',
    narration:
      'Agora as quatro chaves estão no limite. A chamada falha com um erro que diz por quê e quando a primeira chave volta.',
  },
  outro: 'Com as suas chaves: copie .env.example para .env, preencha e rode\n  npx pnpm@12 demo --lang pt-BR --live',
  prompt: 'Olá, como você está?',
  reply: 'Tudo bem, obrigado! E você?',
  answer: (text) => `Resposta: ${text}`,
  failed: (error) => `Falhou: ${error}`,
  allKeysFailed: (reason, attempts) => `AllKeysFailedError (${reason}) depois de ${attempts} tentativas.`,
  backAt: (time, seconds) => `A primeira volta às ${time}, daqui a ${seconds} s.`,
  setKeys: (name) =>
    `Nenhuma chave encontrada. Defina ${name}, ${name}_2, … no ambiente ou no .env (veja .env.example).`,
  heads: ['Chave', 'Máscara', 'Estado', 'OK', 'Falhas', 'Volta às'],
  states: {
    healthy: 'saudável',
    suspect: 'sob suspeita',
    cooling: 'em espera',
    recovering: 'em recuperação',
    disabled: 'desativada',
  },
};

export const texts: Readonly<Record<Locale, Texts>> = { en, 'pt-BR': portuguese };
