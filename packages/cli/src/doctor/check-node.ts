import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';

/** The oldest Node that core supports, as `[major, minor]`. */
const oldest = [22, 15] as const;

/** Finds a Node that is too old. @param version Such as `22.15.0`, without a `v` */
export function checkNode(version: string, texts: DoctorTexts): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isTooOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  if (isTooOld) return { check: 'node', level: 'error', ...texts.nodeTooOld(version, oldest.join('.')) };
  return { check: 'node', level: 'fine', ...texts.nodeFine(version) };
}
