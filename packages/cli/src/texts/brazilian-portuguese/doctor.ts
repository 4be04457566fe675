import type { DoctorTexts } from '../english/doctor.ts';

export const doctor: DoctorTexts = {
  description: 'Procura erros na configuração: versões, compilador, arquivos .env, chaves, relógio e armazenamento',
  options: { offline: 'não envia requisições a provedores' },
  examples: {
    all: 'verifica tudo',
    offline: 'sem requisições a provedores',
    json: 'o resultado em JSON, para a CI',
  },
  levels: { error: 'erro', warning: 'aviso', fine: 'ok' },
  checking: 'Verificando o projeto …',
  summary: (errors, warnings) => {
    if (errors + warnings === 0) return 'Está tudo certo.';
    const parts = [
      ...(errors > 0 ? [errors === 1 ? '1 erro' : `${errors} erros`] : []),
      ...(warnings > 0 ? [warnings === 1 ? '1 aviso' : `${warnings} avisos`] : []),
    ];
    return `${parts.join(', ')}.`;
  },

  checkFailed: (message) => ({
    message: `Não foi possível fazer esta verificação: ${message}`,
    action: 'Rode de novo com --debug para ver de onde vem o erro.',
  }),

  nodeFine: (version) => ({ message: `Node.js ${version}` }),
  nodeTooOld: (version, oldest) => ({
    message: `O Node.js ${version} é antigo demais.`,
    action: `Instale o Node.js ${oldest} ou mais novo, por exemplo a versão LTS de https://nodejs.org.`,
  }),

  coreMissing: {
    message: '@api-key-fallback/core não está instalado neste projeto.',
    action: 'Rode: api-key-fallback init',
  },
  coreFine: (version) => ({ message: `Uma única cópia de @api-key-fallback/core: ${version}` }),
  coreCopies: (copies) => ({
    message: `${copies.length} cópias de @api-key-fallback/core: ${copies.join(', ')}`,
    action:
      'Atualize todos os pacotes do API Key Fallback para a mesma versão e depois rode npm dedupe, pnpm dedupe ou yarn dedupe.',
  }),

  clientsFine: { message: 'Os clientes dos adaptadores estão instalados em versões compatíveis.' },
  clientMissing: (name, client, install) => ({
    message: `${name} precisa de ${client}, que não está instalado.`,
    action: `Rode: ${install}`,
  }),
  clientVersion: ({ name, client, version, range, install }) => ({
    message: `${name} precisa de ${client} ${range}, mas a versão instalada é a ${version}.`,
    action: `Rode: ${install}`,
  }),

  decoratorsUnused: { message: 'Nenhum decorator do API Key Fallback no código.' },
  decoratorsFine: (isLegacy) => ({
    message: `Os decorators são compilados ${isLegacy ? 'no modo antigo (experimentalDecorators)' : 'no modo padrão'}.`,
  }),
  decoratorsInJavaScript: {
    message: 'Há decorators em um arquivo JavaScript. O Node.js não consegue lê-los.',
    action: 'Use wrapWithFallback() no lugar deles, ou compile o arquivo, por exemplo com o TypeScript.',
  },
  metadataAlone: {
    message: '"emitDecoratorMetadata" está ligado, mas "experimentalDecorators" não. O TypeScript recusa isso.',
    action: 'Remova "emitDecoratorMetadata" ou defina "experimentalDecorators": true.',
  },
  decoratorsLeft: {
    message:
      'Com "target": "esnext", o tsc e o esbuild deixam os decorators no código gerado, e o Node.js não consegue lê-los.',
    action: 'Defina "target": "es2023".',
  },
  moduleNode16: {
    message: 'Com "module": "node16", o TypeScript recusa importar módulos ES a partir de CommonJS (TS1479).',
    action: 'Defina "module": "nodenext".',
  },
  toolNeedsLegacy: (tool) => ({
    message: `O ${tool} compila decorators do jeito errado sem "experimentalDecorators".`,
    action: 'Defina "experimentalDecorators": true.',
  }),
  toolNeedsPlugin: (tool) => ({
    message: `O ${tool} não compila sozinho decorators no modo padrão.`,
    action: 'Defina "experimentalDecorators": true, ou use o plugin do guia de configuração, se ainda não usa.',
  }),
  swc: {
    message: 'O .swcrc não liga os decorators.',
    action: 'Defina "jsc.parser.decorators": true e "jsc.transform.decoratorVersion": "2022-03".',
  },

  clientRetriesFine: { message: 'Nenhum cliente com novas tentativas próprias no código.' },
  clientRetries: {
    message:
      'Este cliente parece repetir as requisições por conta própria, o que multiplica as tentativas com cada chave.',
    action:
      'Se ele é usado em um método com o decorator ou em uma função com fallback, adicione maxRetries: 0 às opções.',
  },

  envNoGit: { message: 'Não há repositório git, então nenhum arquivo .env vai parar nele.' },
  envFine: { message: 'Nenhum arquivo .env com chaves está no git, e o .gitignore cobre todos.' },
  envTracked: (file) => ({
    message: `${file} tem chaves e está no git.`,
    action: `Rode: git rm --cached ${file}. Adicione-o ao .gitignore. Troque as chaves: elas continuam no histórico.`,
  }),
  envNotIgnored: (file) => ({
    message: `${file} não está no .gitignore.`,
    action: `Adicione uma linha ao .gitignore: ${file}`,
  }),

  keysFine: (count) => ({ message: count === 1 ? '1 chave, sem repetição' : `${count} chaves, nenhuma repetida` }),
  noKeys: { message: 'Nenhuma chave encontrada.', action: 'Rode: api-key-fallback keys' },
  keyWarning: (text) => ({
    message: `${text}.`,
    action: 'api-key-fallback keys mostra de onde vem cada chave.',
  }),
  unusableKeys: (provider, problem) => ({
    message: `As chaves de ${provider} não podem ser usadas: ${problem}`,
  }),
  keyInTwoProviders: (names) => ({
    message: `A mesma chave para provedores diferentes: ${names.join(', ')}.`,
    action: 'Remova a chave de onde ela não deveria estar: o provedor errado a recebe a cada chamada.',
  }),
  adapterMissing: (provider, install) => ({
    message: `Há chaves para ${provider}, mas o adaptador não está instalado.`,
    action: `Rode: ${install}`,
  }),

  clockFine: (provider) => ({ message: `O relógio está de acordo com o de ${provider}.` }),
  clockUnknown: { message: 'O relógio não foi comparado: nenhum provedor respondeu com a hora.' },
  clockOff: (seconds, provider) => ({
    message: `O relógio está ${Math.abs(seconds)} s ${seconds > 0 ? 'adiantado' : 'atrasado'} em relação ao de ${provider}.`,
    action: 'Acerte o relógio desta máquina por NTP. Os horários em que as chaves voltam teriam o mesmo erro.',
  }),

  noStore: { message: 'Sem armazenamento: cada processo tem o seu próprio estado das chaves.' },
  storeFine: (kind) => ({ message: `É possível ler e gravar no armazenamento ${kind}.` }),
  storeAway: (kind, message) => ({
    message: `Não é possível gravar no armazenamento ${kind}: ${message}`,
    action: 'Confira o endereço e se este usuário pode gravar ali. Até lá, cada processo segue por conta própria.',
  }),

  expires: (provider, source, at) => ({
    message: `As chaves de ${provider} vindas de ${source} expiram em ${at}.`,
    action: 'Elas são carregadas de novo antes disso. Confira se a origem terá chaves novas até lá.',
  }),
  expired: (provider, source) => ({
    message: `As chaves de ${provider} vindas de ${source} já expiraram.`,
    action: 'Coloque chaves novas na origem.',
  }),
};
