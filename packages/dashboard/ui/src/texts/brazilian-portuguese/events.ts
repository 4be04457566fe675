import type { events as english } from '../english/events.ts';

const by = (actor: string) => (actor === '' ? '' : ` por ${actor}`);
const because = (text: string) => (text === '' ? '' : `: ${text}`);
const inBrackets = (text: string) => (text === '' ? '' : ` (${text})`);
const until = (time: string) => (time === '' ? '' : ` até ${time}`);

const names: (typeof english)['names'] = {
  'key.suspected': (facts) => `Sob suspeita${until(facts.until)}${inBrackets(facts.reason)}`,
  'key.cooled-down': (facts) => `Em espera${until(facts.until)}${inBrackets(facts.reason)}`,
  'key.disabled': (facts) =>
    `Recusada${inBrackets(facts.reason)}${facts.until === '' ? '' : `, nova tentativa às ${facts.until}`}`,
  'key.disabled:operator': (facts) => `Desativada${by(facts.actor)}`,
  'key.limited': (facts) => `No limite${until(facts.until)}${inBrackets(facts.limit)}`,
  'key.preferred': (facts) => `Colocada em primeiro lugar${by(facts.actor)}${until(facts.until)}`,
  'key.preference-ended': (facts) =>
    `Deixou de ser a primeira${facts.actor === '' ? '' : `: desfeito${by(facts.actor)}`}`,
  'key.recovered': () => 'Recuperada',
  'key.recovered:reset': (facts) => `Reiniciada${by(facts.actor)}`,
  'key.recovered:enable': (facts) => `Ativada${by(facts.actor)}`,
  'key.checked': (facts) => `Testada${by(facts.actor)}: sem resposta clara${inBrackets(facts.reason)}`,
  'key.checked:working': (facts) => `Testada${by(facts.actor)}: funciona${inBrackets(facts.latency)}`,
  'key.checked:refused': (facts) => `Testada${by(facts.actor)}: o provedor a recusa${inBrackets(facts.reason)}`,
  'attempt.failed': (facts) => `Tentativa ${facts.attempt} falhou${inBrackets(facts.reason)}`,
  'call.fell-over': (facts) => `Passou para ${facts.next}${inBrackets(facts.reason)}`,
  'call.failed': (facts) => `A chamada falhou${because(facts.message)}`,
  'keys.exhausted': (facts) =>
    `Nenhuma chave pode ser usada${inBrackets(facts.reason)}${facts.retryIn === '' ? '' : `. A primeira volta em ${facts.retryIn}`}`,
  'keys.changed': (facts) =>
    `A lista de chaves mudou: ${facts.added} ${facts.added === 1 ? 'adicionada' : 'adicionadas'}, ${facts.removed} ${facts.removed === 1 ? 'removida' : 'removidas'}`,
  'keys.refresh-failed': (facts) => `Não foi possível carregar as chaves de ${facts.source}${because(facts.message)}`,
  'keys.refreshed': (facts) => `As chaves voltaram a ser carregadas de ${facts.source}`,
  'budget.exhausted': () => 'Limite de novas tentativas esgotado: as chamadas seguem sem elas',
  'store.failed': (facts) => `O armazenamento ${facts.store} não responde${because(facts.message)}`,
  'store.recovered': (facts) => `O armazenamento ${facts.store} voltou`,
  'alert.tested': (facts) => `Teste enviado a ${facts.channel}${by(facts.actor)}`,
  'alert.tested:failed': (facts) => `O teste não chegou a ${facts.channel}${because(facts.message)}`,
};

export const events: typeof english = {
  title: 'Eventos',
  filter: 'Filtro',
  kind: 'Tipo',
  kinds: { health: 'Saúde das chaves', calls: 'Chamadas', store: 'Armazenamento', actions: 'Ações' },
  provider: 'Provedor',
  allProviders: 'Todos os provedores',
  pause: 'Pausar atualização',
  resume: 'Retomar atualização',
  arrived: (count, shown) => (count === 1 ? '1 evento novo' : `${shown} eventos novos`),
  none: 'Nenhum evento corresponde.',
  noneYet: 'Ainda não há eventos. O primeiro aparece aqui sozinho.',
  clear: 'Limpar o filtro',
  raw: (name) => `O evento ${name} em JSON`,
  kept: (count) =>
    `São guardados os últimos ${count} eventos deste processo. Aparecem os 100 mais recentes que correspondem ao filtro.`,
  fromStore: 'vindo de outro processo',
  reasons: {
    limited: 'todas no limite',
    unavailable: 'todas fora',
    mixed: 'por motivos diferentes',
    'invalid-keys': 'todas recusadas',
    operator: 'por um operador',
    marked: 'pela aplicação',
  },
  names,
};
