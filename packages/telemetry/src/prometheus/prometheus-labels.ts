import type { Attributes } from '../model/metric.ts';
import { plain } from './prometheus-name.ts';

const errorType = 'error.type';

/** The labels of a series by their names in Prometheus. Only `error.type` has another one. */
export function prometheusLabels(attributes: Attributes): Attributes {
  const { [errorType]: type, ...others } = attributes;
  return type === undefined ? attributes : { ...others, [plain(errorType)]: type };
}
