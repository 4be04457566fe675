import type { StatusTexts } from '../english/status.ts';

export const status: StatusTexts = {
  description: 'Mostra o estado de todas as chaves, como os processos do seu serviço o compartilham',
  columns: {
    provider: 'PROVEDOR',
    key: 'CHAVE',
    state: 'ESTADO',
    back: 'VOLTA EM',
    today: 'HOJE',
    failed: 'FALHAS',
    limit: 'LIMITE',
    next: 'ORDEM',
  },
  summary: (name, usable, total) =>
    `${name}: ${usable} de ${total} ${total === 1 ? 'chave disponível' : 'chaves disponíveis'}.`,
  from: (place) => `Estado compartilhado por ${place}.`,
  noStore:
    'Sem um armazenamento, o estado das chaves fica só dentro do processo que as usa, e nenhum outro o vê. Compartilhe: defina API_KEY_STATE_DIR (ou --state-dir) para processos na mesma máquina, ou use Redis (--redis) para várias.',
};
