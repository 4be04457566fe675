import { unnamedSource, type Phrases, type Situation } from './phrases.ts';

const stores: ReadonlyMap<string, string> = new Map([
  ['file', 'o armazenamento em arquivo'],
  ['memory', 'o armazenamento em memória'],
  ['redis', 'o Redis'],
]);

function storeOf(kind: string): string {
  return stores.get(kind) ?? `o armazenamento ${kind}`;
}

function keys(count: number): string {
  return count === 1 ? '1 chave' : `${count} chaves`;
}

function changes(count: number): string {
  return count === 1 ? '1 mudança' : `${count} mudanças`;
}

function callsGoOn({ usable }: Situation): string {
  if (usable === 0) return callsFail;
  return usable === 1
    ? 'As chamadas continuam com a outra chave.'
    : `As chamadas continuam com as outras ${usable} chaves.`;
}

function usableAgain({ usable, total, isUnproven }: Situation): string {
  const tried = usable === 1 ? 'pode ser tentada' : 'podem ser tentadas';
  if (isUnproven) return `${usable} de ${keys(total)} ${tried} de novo. Nenhuma chamada tentou desde então.`;
  return usable === 1 ? `1 de ${keys(total)} pode ser usada.` : `${usable} de ${keys(total)} podem ser usadas.`;
}

function cannotBeLoaded(name: string, place: string): string {
  const from = place === unnamedSource ? 'da origem das chaves' : `de ${place}`;
  return `Não foi possível carregar as chaves de ${name} a partir ${from}.`;
}

const callsFail =
  "As chamadas estão falhando, a menos que esperem (onExhausted: 'wait') ou continuem com outro pool (fallbackTo).";
const noKeysYet = 'As chamadas estão falhando: ainda não há chaves.';
const untilLoaded = 'O problema acaba assim que for possível carregar as chaves. O serviço continua tentando.';
const checkSource = 'Verifique se a origem das chaves está acessível e se o serviço tem permissão de leitura.';
const notByItself = 'O problema não se resolve sozinho.';

function firstKeyBack(at: string | undefined): string {
  return at === undefined ? notByItself : `A primeira chave volta ${at}.`;
}

function nextKeyBack(at: string | undefined): string {
  return at === undefined ? notByItself : `A próxima chave volta ${at}.`;
}

export const brazilianPortuguese: Phrases = {
  headings: {
    about: 'O que é isto',
    problem: 'O que está errado',
    since: 'Início',
    meanwhile: 'O que o serviço faz enquanto isso',
    recovery: 'Quando melhora',
    action: 'O que você pode fazer',
    over: 'O que voltou ao normal',
  },
  keys: 'Chaves',
  dashboard: 'Abrir o painel',
  severities: { critical: 'crítico', warning: 'atenção', info: 'informação' },
  kinds: { reminder: 'lembrete', resolved: 'resolvido', digest: 'resumo do dia', test: 'teste' },
  rules: {
    'provider.exhausted': {
      title: ({ name }) => `${name}: nenhuma chave disponível`,
      problem: ({ name, total, place, hasNoKeysYet }) => {
        if (hasNoKeysYet) return cannotBeLoaded(name, place);
        return total === 1
          ? `A única chave de ${name} não pode ser usada.`
          : `Nenhuma das ${total} chaves de ${name} pode ser usada.`;
      },
      meanwhile: ({ hasNoKeysYet }) => (hasNoKeysYet ? noKeysYet : callsFail),
      recovery: (at, { hasNoKeysYet }) => (hasNoKeysYet ? untilLoaded : firstKeyBack(at)),
      action: ({ hasNoKeysYet }) => (hasNoKeysYet ? checkSource : undefined),
      over: (situation) => (situation.isUnproven ? '' : 'As chamadas voltaram a funcionar. ') + usableAgain(situation),
    },
    'operation.exhausted': {
      title: ({ name, place }) => `${name}: nenhuma chave disponível para ${place}`,
      problem: ({ name, total, place }) =>
        total === 1
          ? `A única chave de ${name} não pode ser usada para ${place}.`
          : `Nenhuma das ${total} chaves de ${name} pode ser usada para ${place}.`,
      meanwhile: () => 'As chamadas dessa operação estão falhando. As outras continuam.',
      recovery: firstKeyBack,
      over: ({ place }) => `As chamadas de ${place} podem continuar.`,
    },
    'last.key': {
      title: ({ name }) => `${name}: só resta uma chave`,
      problem: ({ name, total }) => `Só uma das ${total} chaves de ${name} pode ser usada.`,
      meanwhile: () => 'As chamadas continuam com essa chave. Se ela também falhar, as chamadas falham.',
      recovery: nextKeyBack,
      over: usableAgain,
    },
    'key.invalid': {
      title: ({ name, labels: [label, ...others] }) =>
        others.length === 0 ? `${name}: ${label ?? ''} foi recusada` : `${name}: ${others.length + 1} chaves recusadas`,
      problem: ({ labels }) =>
        labels.length > 1
          ? 'O provedor recusa estas chaves como inválidas.'
          : 'O provedor recusa esta chave como inválida.',
      meanwhile: callsGoOn,
      recovery: (at) =>
        at === undefined
          ? notByItself
          : `${notByItself} A chave será testada de novo ${at}, caso o provedor volte a aceitá-la.`,
      over: (situation) => `A chave voltou a funcionar ou foi substituída. ${usableAgain(situation)}`,
    },
    'quota.high': {
      title: ({ name }) => `${name}: boa parte da cota diária já foi usada`,
      problem: ({ name, share }) => `As chaves de ${name} já usaram ${share} da cota diária.`,
      meanwhile: () => 'As chamadas continuam até a cota acabar.',
      recovery: (at) =>
        at === undefined ? 'A cota recomeça quando terminar o dia do provedor.' : `A cota recomeça ${at}.`,
      action: () => 'Envie menos requisições ou adicione uma chave com cota própria.',
      over: () => 'Há cota diária suficiente outra vez.',
    },
    'source.stale': {
      title: ({ name }) => `${name}: não foi possível carregar as chaves`,
      problem: ({ name, place }) => cannotBeLoaded(name, place),
      meanwhile: ({ hasNoKeysYet }) =>
        hasNoKeysYet
          ? noKeysYet
          : 'As chamadas continuam com as últimas chaves. Chaves novas ou trocadas ainda não são usadas.',
      recovery: () => untilLoaded,
      action: () => checkSource,
      over: () => 'As chaves voltaram a ser carregadas.',
    },
    'store.away': {
      title: ({ name, place }) => `${name}: ${storeOf(place)} não responde`,
      problem: ({ place }) =>
        `Os processos não conseguem compartilhar o que sabem das chaves, porque ${storeOf(place)} não responde.`,
      meanwhile: () =>
        'As chamadas continuam. Cada processo conta só as próprias requisições; juntos, eles podem passar de um limite.',
      recovery: () => 'O problema acaba assim que o armazenamento voltar a responder.',
      action: () => 'Verifique o armazenamento e a rede entre ele e o serviço.',
      over: () => 'O armazenamento voltou a responder.',
    },
    'keys.degraded': {
      title: ({ name }) => `${name}: várias chaves fora de uso`,
      problem: ({ name, usable, total }) =>
        total - usable === 1
          ? `1 das ${total} chaves de ${name} não pode ser usada.`
          : `${total - usable} das ${total} chaves de ${name} não podem ser usadas.`,
      meanwhile: callsGoOn,
      recovery: nextKeyBack,
      over: usableAgain,
    },
    'failover.rate': {
      title: ({ name }) => `${name}: as chamadas trocam de chave com frequência`,
      problem: ({ count, window }) =>
        `As chamadas tiveram de trocar de chave ${count === '1' ? '1 vez' : `${count} vezes`} em ${window}.`,
      meanwhile: () => 'As chamadas continuam, mas demoram mais.',
      recovery: () => 'O problema acaba quando as chaves falharem menos.',
      action: () => 'Veja os últimos erros das chaves e a página de status do provedor.',
      over: () => 'As chamadas já quase não trocam de chave.',
    },
  },
  ownRule: (message) => ({
    title: ({ name, rule }) => `${name}: ${rule}`,
    problem: ({ rule }) => message ?? `A regra ${rule} se aplica.`,
    over: ({ rule }) => `A regra ${rule} não se aplica mais.`,
  }),
  actions: {
    'invalid-key':
      'Crie uma chave nova no provedor e troque a recusada com replaceKey() ou refreshKeys(), ou reinicie o serviço. Se a chave estiver correta, chame enable(key).',
    operator: 'Chame enable() para as chaves que foram desligadas manualmente.',
    'quota-exhausted': 'Aumente a cota no provedor ou adicione uma chave com cota própria.',
    'rate-limited': 'Envie menos requisições ao mesmo tempo ou adicione uma chave.',
    limited: 'Aumente o limite das chaves ou adicione uma chave.',
    cooling: 'Veja a página de status do provedor.',
  },
  conditions: {
    healthy: () => 'funciona',
    limited: (until) => (until === undefined ? 'no limite' : `no limite até ${until}`),
    suspect: () => 'acabou de falhar',
    recovering: () => 'será testada na próxima chamada',
    cooling: (until) => (until === undefined ? 'continua falhando' : `continua falhando; em pausa até ${until}`),
    'rate-limited': (until) =>
      until === undefined ? 'requisições demais' : `requisições demais; em pausa até ${until}`,
    'quota-exhausted': (until) => (until === undefined ? 'cota esgotada' : `cota esgotada até ${until}`),
    'invalid-key': () => 'recusada como inválida',
    operator: () => 'desligada manualmente',
    disabled: () => 'desligada',
  },
  lastError: (line) => `Último erro: ${line}`,
  lessThanAMinute: 'menos de um minuto',
  since: (start, duration) => `${start}, há ${duration}`,
  lasted: (duration, start, end) => `Durou ${duration}: de ${start} a ${end}.`,
  timeAhead: (duration, time) => `daqui a ${duration} (${time})`,
  andMore: (title, others) => `${title} (e mais ${others})`,
  someKeys: (shown, total) => `Mostrando ${shown} de ${total} chaves.`,
  moreAlerts: (others) => (others === 1 ? 'E mais 1 problema.' : `E mais ${others} problemas.`),
  summary: {
    title: (name, count) => `${name}: ${changes(count)} em uma hora`,
    text: (count) => `As chaves mudam com frequência. Esta mensagem resume ${changes(count)}.`,
  },
  digest: {
    title: (name, problems) =>
      problems === 0 ? `${name}: tudo em ordem` : `${name}: ${problems} ${problems === 1 ? 'problema' : 'problemas'}`,
    text: 'Este resumo chega uma vez por dia.',
  },
  test: { title: 'Mensagem de teste', text: 'Os alertas do API Key Fallback chegam aqui. Está tudo em ordem.' },
  allIsWell: 'Está tudo em ordem.',
};
