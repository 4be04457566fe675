import type { Texts } from '../texts.ts';

/** The texts of the overview, and of the headline. */
export const overview: Texts['overview'] = {
  headline: {
    fine: (count) => (count === 1 ? 'A chave pode ser usada' : `Todas as ${count} chaves podem ser usadas`),
    out: (count) =>
      count === 1 ? 'Uma chave está fora e volta sozinha' : `${count} chaves estão fora e voltam sozinhas`,
    refused: (count) => (count === 1 ? 'Uma chave precisa de você' : `${count} chaves precisam de você`),
    half: (pool, usable, total) => `${pool} está com ${usable} de ${total} chaves`,
    down: (pool) => `${pool}: nenhuma chave pode ser usada`,
  },
  consequence: {
    nothing: 'Nada a fazer.',
    served: 'Todos os provedores atendem chamadas.',
    firstBack: (key, time) => `${key} volta primeiro, em ${time}.`,
    noneBack: 'Nenhuma volta sozinha: as chamadas falham até uma chave ser trocada ou ativada.',
    replace: (key) => `Troque ${key}: foi recusada.`,
  },
  totals: {
    label: 'Números de todos os provedores',
    perMinute: 'tentativas/min',
    success: 'sucesso',
    failovers: 'trocas/h',
    usable: 'chaves utilizáveis',
  },
  rail: 'Agora',
  needsYou: 'Precisa de você',
  nothingNeedsYou: 'Nada precisa de você.',
  replaceHint: 'Coloque uma chave nova no lugar. Se a antiga voltou a valer, ative-a.',
  comesBack: 'Volta sozinha',
  noneOut: 'Nenhuma chave está fora.',
  refusedAgo: (time) => `recusada há ${time}`,
  poolKeys: (pool, count) => `${pool}: ${count === 1 ? '1 chave' : `${count} chaves`}`,
  first: 'a primeira',
  off: (count) => (count === 1 ? 'Desligada de propósito:' : `${count} desligadas de propósito:`),
  latest: 'Últimos eventos',
  noEvents: 'Ainda não há eventos.',
  allEvents: 'Todos os eventos',
  showAll: (count) => `Mostrar as ${count} chaves`,
  minutesAgo: (count) => `−${count} min`,
  legend: 'Cada barra é um minuto: a altura é o estado; a parte hachurada depois de “agora” é espera conhecida.',
  search: 'Buscar provedores',
  noMatch: 'Nenhum provedor corresponde.',
  pools: 'Provedores',
};
