import { redactKeys } from '@api-key-fallback/core/adapter';
import type { Alert, AlertKey } from '../model/alert.ts';
import { firingSeverity } from '../model/firing-severity.ts';
import type { Notification } from '../model/notification.ts';
import { isAtLeast } from '../model/severity.ts';
import { alertTitle, describeAlert } from './describe-alert.ts';
import { describeKey } from './describe-key.ts';
import type { Message } from './message.ts';
import { phrasesOf } from './phrases-of.ts';
import { shorten } from './shorten.ts';

/** More than these are counted, not described, so that a message can be read and stays within the limits of every channel. */
const mostAlerts = 8;
const mostKeys = 10;
/** The most characters of a text. A provider's error line has at most 300; the message of a custom rule can have any length. */
const longestText = 800;
const longestTitle = 140;

type Section = Message['sections'][number];

/**
 * Returns what people read about a notification, in its language: what is wrong, with which keys, since when, what the service does
 * meanwhile, when it gets better and what a person can do. Contains no key.
 *
 * @example
 * async function pager(notification: Notification, { signal }: SendContext): Promise<void> {
 *   const { title, sections } = describeNotification(notification);
 *   const text = sections.map((section) => `${section.heading}: ${section.text}`).join('\n');
 *   const response = await fetch('https://pager.example.com/events', { method: 'POST', body: `${title}\n${text}`, signal });
 *   if (!response.ok) throw new DeliveryError(`The pager answers ${response.status}.`);
 * }
 */
export function describeNotification(notification: Notification): Message {
  const { dashboardUrl } = notification;
  return {
    title: clean(titleOf(notification), longestTitle),
    sections: sectionsOf(notification).map(({ heading, text }) => ({
      heading: clean(heading, longestTitle),
      text: clean(text, longestText),
    })),
    keys: keysOf(notification)
      .slice(0, mostKeys)
      .map((key) => ({
        label: clean(key.label, longestTitle),
        masked: clean(key.masked, longestTitle),
        text: clean(describeKey(key, notification), longestText),
      })),
    ...(dashboardUrl === undefined ? {} : { link: redactKeys(dashboardUrl) }),
  };
}

function clean(text: string, longest: number): string {
  return shorten(redactKeys(text).trim(), longest);
}

function titleOf(notification: Notification): string {
  const { kind, displayName, alerts, alertCount = alerts.length, count = 0 } = notification;
  const { summary, digest, test, andMore } = phrasesOf(notification);
  if (kind === 'test') return test.title;
  if (kind === 'summary') return summary.title(displayName, count);
  const [worst] = alerts;
  if (kind === 'digest' || !worst) return digest.title(displayName, alerts.filter(isFiring).length);
  const title = alertTitle(worst, notification);
  return alertCount === 1 ? title : andMore(title, alertCount - 1);
}

function isFiring({ state }: Alert): boolean {
  return state === 'firing';
}

function sectionsOf(notification: Notification): Section[] {
  const { kind, alerts } = notification;
  const { headings } = phrasesOf(notification);
  const about = aboutText(notification);
  const [only, ...others] = kind === 'test' ? [] : alerts;
  return [
    ...(about === undefined ? [] : [{ heading: headings.about, text: about }]),
    ...(only && others.length === 0 ? describeAlert(only, notification) : []),
    ...(only && others.length > 0 ? sectionForEach(notification) : []),
    ...keysLeftOut(notification),
  ];
}

function aboutText(notification: Notification): string | undefined {
  const { kind, alerts, count = 0 } = notification;
  const { summary, digest, test, allIsWell } = phrasesOf(notification);
  if (kind === 'test') return test.text;
  if (kind !== 'summary' && kind !== 'digest') return undefined;
  const text = kind === 'summary' ? summary.text(count) : digest.text;
  return alerts.some(isFiring) ? text : `${text} ${allIsWell}`;
}

function sectionForEach(notification: Notification): Section[] {
  const { alerts, alertCount = alerts.length } = notification;
  const { headings, kinds, moreAlerts } = phrasesOf(notification);
  const advice = new Set<string>();
  const sections = inOrder(alerts)
    .slice(0, mostAlerts)
    .map((alert) => {
      const parts = describeAlert(alert, notification).filter(({ text }) => !advice.has(text));
      for (const { heading, text } of parts) if (heading === headings.action) advice.add(text);
      return {
        heading: `${alertTitle(alert, notification)}${isFiring(alert) ? '' : ` (${kinds.resolved})`}`,
        text: parts
          .map((part) => (part.heading === headings.since ? `${part.heading}: ${part.text}` : part.text))
          .join('\n'),
      };
    });
  const others = alertCount - sections.length;
  return others === 0 ? sections : [...sections, { heading: headings.problem, text: moreAlerts(others) }];
}

/** What is over comes first if nothing that fires is as bad. */
function inOrder(alerts: readonly Alert[]): readonly Alert[] {
  const worst = firingSeverity(alerts) ?? 'info';
  const isBetter = ({ state, severity }: Alert) => state === 'resolved' && !isAtLeast(worst, severity);
  return [...alerts.filter(isBetter), ...alerts.filter((alert) => !isBetter(alert))];
}

function keysLeftOut(notification: Notification): Section[] {
  const { keys, someKeys } = phrasesOf(notification);
  const total = keysOf(notification).length;
  return total <= mostKeys ? [] : [{ heading: keys, text: someKeys(mostKeys, total) }];
}

/** The keys of the alerts that fire, each once: what is over shows its keys as they were. */
function keysOf({ alerts }: Notification): AlertKey[] {
  const keys = new Map<string, AlertKey>();
  for (const key of alerts.filter(isFiring).flatMap((alert) => alert.keys))
    if (!keys.has(key.keyId)) keys.set(key.keyId, key);
  return [...keys.values()];
}
