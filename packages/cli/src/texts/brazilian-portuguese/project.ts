import type { Config } from '../../project/config.ts';
import type { ProjectTexts } from '../english/project.ts';

const shapes: Readonly<Record<keyof Config, string>> = {
  managers: 'uma lista de gerenciadores de chaves, ou uma função que a retorna',
  store: "um armazenamento, como new FileStore('.api-key-state')",
  providers: "uma lista de nomes, como ['openai']",
  channels: 'uma lista de canais, como [slack(url)]',
  dashboard: 'um objeto, como { readOnly: true }',
  locale: "'en' ou 'pt-BR'",
  format: "'table', 'json' ou 'ndjson'",
};

export const project: ProjectTexts = {
  noConfigFile: (file) => `O arquivo ${file} não existe.`,
  configFails: (file, why) => `Não foi possível carregar ${file}: ${why}`,
  configIsNoObject: (file) => `${file} precisa exportar um objeto: export default defineConfig({ … }).`,
  unknownConfigField: (file, name, known) => `${file} tem um campo desconhecido: "${name}". Conhecidos: ${known}.`,
  wrongConfigField: (file, name) => `${file}: "${name}" precisa ser ${shapes[name]}.`,
  noDirectory: (path) => `O diretório ${path} não existe.`,
  twoStores: 'Informe um só armazenamento: --redis (API_KEY_FALLBACK_REDIS) ou --state-dir (API_KEY_STATE_DIR).',
  noRedisUrl: 'O endereço de um servidor Redis começa com redis:// ou rediss://, por exemplo redis://localhost:6379.',
  noRedisPackage: (line) => `Para usar --redis, instale os pacotes: ${line}`,
  storeAway: (kind) =>
    `Não foi possível acessar o armazenamento ${kind}: nada foi lido nem gravado. Verifique o endereço e se ele está no ar.`,
  unknownProvider: (name, closest, known) =>
    `O provedor "${name}" não existe.${closest === undefined ? '' : ` Você quis dizer ${closest}?`} Conhecidos: ${known}.`,
  needsAddress: (name) =>
    `só api-key-fallback.config.ts pode informar o endereço: openAICompatible('${name}', { baseURL }).createKeyManager()`,
  notInstalled: (displayName, keys, line) => `${displayName} tem ${keys}, mas nenhum adaptador. Instale: ${line}`,
  problem: (displayName, why) => `${displayName} ficou de fora: ${why}`,
  keyCount: (count) => (count === 1 ? '1 chave' : `${count} chaves`),
  noKeys: (directory) => `Nenhuma chave de API foi encontrada em ${directory}.`,
  lookedIn: (files) =>
    files.length === 0
      ? 'Busca feita no ambiente deste processo; não há arquivos .env.'
      : `Busca feita no ambiente deste processo e em ${files.join(', ')}.`,
  lookedFor: (variables) =>
    `Variáveis procuradas: ${variables}, cada uma também com _2, _3, … ou como lista, com S no final.`,
  writeKeys: 'Coloque uma chave em um arquivo .env, por exemplo:',
  orInit: 'ou execute api-key-fallback init, que pergunta e cria os arquivos.',
};
