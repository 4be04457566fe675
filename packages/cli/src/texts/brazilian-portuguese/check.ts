import type { CheckTexts } from '../english/check.ts';

const code = (reason: string): string => (reason === '' ? '' : ` (${reason})`);

export const check: CheckTexts = {
  description: 'Pergunta a cada provedor se cada chave funciona, com uma requisição barata por chave',
  options: {
    failOn: 'quais chaves fazem o comando falhar, com código de saída 1',
    timeout: 'tempo limite por chave, em ms',
    dryRun: 'não altera o estado compartilhado',
    rapidapi: 'a API com que as chaves da RapidAPI são verificadas, como weatherapi-com.p.rapidapi.com/current.json',
    actor: 'quem verifica, para os eventos (padrão: seu nome de usuário)',
  },
  columns: {
    provider: 'PROVEDOR',
    key: 'CHAVE',
    masked: 'MASCARADA',
    status: 'SITUAÇÃO',
    time: 'TEMPO',
    left: 'RESTA',
  },
  verdicts: {
    working: 'funciona',
    invalid: 'inválida',
    exhausted: 'sem cota',
    limited: 'limitada',
    unknown: 'incerta',
  },
  advice: {
    working: (reason) => `funciona, com uma observação do provedor: ${reason}.`,
    invalid: (reason) =>
      `o provedor a recusa${code(reason)}. Crie uma chave nova, coloque no lugar desta e apague esta.`,
    exhausted: (reason) => `o crédito ou a cota acabou${code(reason)}. Adicione crédito ou espere o próximo período.`,
    limited: (reason) => `requisições demais no momento${code(reason)}. Volta a funcionar sozinha.`,
    noRapidApi:
      'a RapidAPI não tem uma requisição que sirva para toda chave. Informe uma API que você usa: --rapidapi <host>/<path>. Ela pode contar a requisição.',
    noProbe: (provider) => `${provider} não tem uma requisição barata que mostre se a chave funciona.`,
    network: (provider) => `não foi possível acessar ${provider}. Verifique a rede, o proxy e o endereço.`,
    timeout: (provider) => `${provider} não respondeu a tempo. Tente um --timeout maior.`,
    unknown: (reason) => `a resposta não diz nada sobre a chave${code(reason)}. Tente mais tarde.`,
  },
  keys: (labels, more) => labels.join(', ') + (more > 0 ? ` e mais ${more}` : ''),
  progress: (done, total) => `Verificando chaves: ${done} de ${total} …`,
  summary: (counts, total) => {
    const parts = [
      [counts.invalid, counts.invalid === 1 ? 'inválida' : 'inválidas'],
      [counts.exhausted, 'sem cota'],
      [counts.limited, counts.limited === 1 ? 'limitada' : 'limitadas'],
      [counts.unknown, counts.unknown === 1 ? 'incerta' : 'incertas'],
    ] as const;
    const rest = parts.filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`);
    const works = `${counts.working} de ${total} ${total === 1 ? 'chave' : 'chaves'} ${counts.working === 1 ? 'funciona' : 'funcionam'}`;
    return `${[works, ...rest].join(', ')}.`;
  },
  shared: (place) => `Os resultados valem para todos os processos que compartilham ${place}.`,
  notShared: (place) => `Não foi possível acessar ${place}: os resultados não valem para nenhum outro processo.`,
  wrongTimeout: '--timeout precisa ser um tempo em ms acima de 0, por exemplo 5000.',
};
