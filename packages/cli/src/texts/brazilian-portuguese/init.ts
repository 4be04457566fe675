import type { InitTexts } from '../english/init.ts';

export const init: InitTexts = {
  description: 'Escreve um primeiro serviço: .env.example, a configuração e o código',
  options: {
    yes: 'não pergunta nada: usa as opções e os padrões',
    keys: 'quantas chaves cada provedor tem',
    store: 'onde os processos compartilham o estado das chaves',
    force: 'substitui arquivos que já existem; o .env nunca é alterado',
  },
  askProviders: 'Quais provedores você usa? (espaço seleciona, Enter confirma)',
  askKeys: 'Quantas chaves cada um deles tem?',
  wrongKeys: 'Escreva um número de 1 a 100, por exemplo --keys 2.',
  askStore: 'Vários processos compartilham o estado das chaves?',
  stores: {
    none: 'Não: um processo só, ou cada um por si',
    file: 'Em um diretório: vários processos em uma máquina, ou reinícios',
    redis: 'No Redis: várias máquinas ou contêineres',
  },
  noTerminal: 'Não há um terminal para perguntar. Rode: api-key-fallback init --yes --provider openai,youtube',
  notOffered: (name, offered) =>
    `O init não escreve um serviço para "${name}". Ele conhece ${offered}; o README de @api-key-fallback/openai mostra como usar os outros.`,
  left: 'Nada foi escrito.',
  results: {
    written: 'escrito',
    extended: 'linhas adicionadas',
    replaced: 'substituído',
    kept: 'já existe e ficou como está (--force substitui)',
    same: 'já tem todas as linhas',
  },
  nextSteps: 'Próximos passos:',
  install: (line) => `Instale: ${line}`,
  copyExample: 'Copie .env.example para .env e escreva nele as suas chaves.',
  extendEnv: 'Escreva as suas chaves no .env.',
  check: (command) => `Verifique as chaves: ${command}`,
  tryIt: (command) => `Teste o serviço: ${command}`,
};
