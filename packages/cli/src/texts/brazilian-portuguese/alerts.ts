import { alerts as english, type AlertsTexts } from '../english/alerts.ts';

export const alerts: AlertsTexts = {
  description: 'Testa os canais de alerta da configuração',
  test: 'Envia um teste por todos os canais de alerta, ou por um deles',
  channel: 'o nome do canal, como slack',
  sending: 'Enviando um teste …',
  delivered: 'entregue',
  failed: 'não entregue',
  columns: { channel: 'CANAL', result: 'RESULTADO', error: 'MOTIVO' },
  noChannels: (file) => `Não há canais de alerta. Escreva-os em ${file}:`,
  example: english.example,
  unknownChannel: (name, closest, known) =>
    `Não existe o canal "${name}".${closest === undefined ? '' : ` Você quis dizer ${closest}?`} Existem: ${known}.`,
};
