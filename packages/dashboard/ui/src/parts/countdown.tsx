import { Fragment, type VNode } from 'preact';
import { countdown, past } from '../format/duration.ts';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';

/** What is left until then. */
export function Countdown({ untilMs }: { readonly untilMs: number }): VNode {
  return <Fragment>{countdown(untilMs - nowMs.value)}</Fragment>;
}

/** `23 m ago` */
export function Ago({ atMs }: { readonly atMs: number }): VNode {
  return <Fragment>{texts.value.ago(past(nowMs.value - atMs))}</Fragment>;
}
