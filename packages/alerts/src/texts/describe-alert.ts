import type { Alert, BuiltInRuleName } from '../model/alert.ts';
import type { Notification } from '../model/notification.ts';
import { conditionOf } from './describe-key.ts';
import { durationInWords } from './duration-in-words.ts';
import type { HeadingName, RulePhrases } from './phrases.ts';
import { phrasesOf } from './phrases-of.ts';
import { situationOf } from './situation-of.ts';
import { timeInWords } from './time-in-words.ts';

type AlertPhrases = Pick<RulePhrases, 'title' | 'problem' | 'over'> & Partial<RulePhrases>;

/** Returns the title of an alert: the same while it fires and when it is over, so that both are found together. */
export function alertTitle(alert: Alert, notification: Notification): string {
  return rulePhrases(alert, notification).title(situationOf(alert, notification));
}

/** Returns what is to be said about an alert, each part with its heading. */
export function describeAlert(alert: Alert, notification: Notification): { heading: string; text: string }[] {
  const parts = alert.state === 'firing' ? firingParts(alert, notification) : resolvedParts(alert, notification);
  const { headings } = phrasesOf(notification);
  return parts.flatMap(([name, text]) => (text === undefined ? [] : [{ heading: headings[name], text }]));
}

type Part = readonly [name: HeadingName, text: string | undefined];

function firingParts(alert: Alert, notification: Notification): Part[] {
  const { problem, meanwhile, recovery } = rulePhrases(alert, notification);
  const situation = situationOf(alert, notification);
  const { since } = phrasesOf(notification);
  const start = timeInWords(alert.startsAtMs, notification);
  const duration = durationInWords(notification.atMs - alert.startsAtMs, notification);
  return [
    ['problem', problem(situation)],
    ['since', since(start, duration)],
    ['meanwhile', meanwhile?.(situation)],
    ['recovery', recovery?.(recoveryTime(alert, notification), situation)],
    ['action', actionOn(alert, notification)],
  ];
}

function resolvedParts(alert: Alert, notification: Notification): Part[] {
  const { over } = rulePhrases(alert, notification);
  const { startsAtMs, endsAtMs = notification.atMs } = alert;
  const duration = durationInWords(endsAtMs - startsAtMs, notification);
  const lasted = phrasesOf(notification).lasted(
    duration,
    timeInWords(startsAtMs, notification),
    timeInWords(endsAtMs, notification),
  );
  return [['over', `${over(situationOf(alert, notification))} ${lasted}`]];
}

function rulePhrases({ rule, message }: Alert, notification: Notification): AlertPhrases {
  const { rules, ownRule } = phrasesOf(notification);
  return isDescribed(rule, rules) ? rules[rule] : ownRule(message);
}

function isDescribed(rule: string, rules: object): rule is BuiltInRuleName {
  return Object.hasOwn(rules, rule);
}

function recoveryTime({ backAtMs, values }: Alert, notification: Notification): string | undefined {
  const timeMs = backAtMs ?? values?.['resetsAtMs'] ?? values?.['triedAgainAtMs'];
  if (typeof timeMs !== 'number') return undefined;
  return phrasesOf(notification).timeAhead(
    durationInWords(timeMs - notification.atMs, notification),
    timeInWords(timeMs, notification),
  );
}

function actionOn(alert: Alert, notification: Notification): string | undefined {
  const { actions } = phrasesOf(notification);
  const action = rulePhrases(alert, notification).action?.(situationOf(alert, notification));
  if (action !== undefined) return action;
  const advice = new Set(alert.keys.map((key) => actions[conditionOf(key)]));
  advice.delete(undefined);
  return advice.size === 0 ? undefined : [...advice].join(' ');
}
