import type { MetricsTexts } from '../english/metrics.ts';

export const metrics: MetricsTexts = {
  description: 'Escreve uma vez as métricas das chaves para o Prometheus',
};
