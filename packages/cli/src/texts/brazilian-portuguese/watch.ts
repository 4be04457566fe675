import type { WatchTexts } from '../english/watch.ts';

const inBrackets = (text: string): string => (text === '' ? '' : ` (${text})`);
const until = (time: string): string => (time === '' ? '' : ` até ${time}`);
const by = (actor: string): string => (actor === '' ? '' : ` por ${actor}`);

export const watch: WatchTexts = {
  description: 'Mostra ao vivo todas as chaves e o que acontece com elas',
  title: 'API Key Fallback',
  states: {
    healthy: 'saudável',
    suspect: 'suspeita',
    recovering: 'voltou, não testada',
    cooling: 'em espera',
    disabled: 'desativada',
  },
  reasons: {
    transient: 'falhando',
    'rate-limited': 'limite de requisições',
    'quota-exhausted': 'cota esgotada',
    'invalid-key': 'recusada',
    'caller-error': 'requisição errada',
    operator: 'manualmente',
  },
  events: {
    'key.cooled-down': (words) => `em espera${until(words.until)}${inBrackets(words.reason)}`,
    'key.disabled': (words) => `desativada${by(words.actor)}${inBrackets(words.reason)}`,
    'key.recovered': (words) => `disponível de novo${by(words.actor)}`,
    'keys.changed': ({ added, removed }) =>
      `a lista de chaves mudou: ${added} ${added === 1 ? 'nova' : 'novas'}, ${removed} ${removed === 1 ? 'removida' : 'removidas'}`,
    'keys.refresh-failed': ({ place, message }) => `não foi possível carregar as chaves de ${place}: ${message}`,
    'keys.refreshed': ({ place }) => `as chaves voltaram a ser carregadas de ${place}`,
    'store.failed': ({ place, message }) => `o armazenamento ${place} não responde: ${message}`,
    'store.recovered': ({ place }) => `o armazenamento ${place} voltou`,
  },
  usable: (usable, total) => `${usable} de ${total} chaves disponíveis`,
  processes: (kind, count) => `${kind} · ${count === 1 ? '1 processo' : `${count} processos`}`,
  storeAway: (kind) => `O armazenamento ${kind} não responde. O que aparece aqui pode ser antigo.`,
  noStore:
    'Sem armazenamento: o estado de uma chave fica no processo que o descobriu, e este não faz chamadas. Para acompanhar o seu serviço, compartilhe o estado dele com --redis ou --state-dir.',
  eventsTitle: 'EVENTOS',
  noEvents: 'nenhum até agora',
  moreKeys: (count) => (count === 1 ? '… e mais 1 chave' : `… e mais ${count} chaves`),
  help: 'q: sair',
  started: (keys, providers) =>
    `Acompanhando ${keys === 1 ? '1 chave' : `${keys} chaves`} de ${providers === 1 ? '1 provedor' : `${providers} provedores`}. Cada evento é uma linha. Ctrl-C encerra.`,
};
