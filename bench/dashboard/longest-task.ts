import type { Browser, Page } from 'playwright-core';

/** An event of a trace. Times are in µs. https://chromium.googlesource.com/catapult/+/HEAD/tracing/docs */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** By the clock. */
  readonly dur?: number;
  /** In which the thread worked. */
  readonly tdur?: number;
}

/** How long a task took, in ms. */
export interface TaskTime {
  /** The time in which the main thread worked. */
  readonly workedMs: number;
  /** The time by the clock, in which the thread may also have waited for a processor. */
  readonly clockMs: number;
}

const mark = 'main thread of the page';

/** Returns the times of the longest task of a page's main thread while something is done. */
export async function longestTask(browser: Browser, page: Page, act: () => Promise<unknown>): Promise<TaskTime> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  await act();
  // The browser has pages of its own, with main threads of their own.
  await page.evaluate(`console.timeStamp(${JSON.stringify(mark)})`);
  const trace = JSON.parse(String(await browser.stopTracing())) as { readonly traceEvents: readonly TraceEvent[] };
  const stamp = trace.traceEvents.find((event) => event.name === 'TimeStamp' && JSON.stringify(event).includes(mark));
  if (!stamp) throw new Error('The trace does not name the main thread of the page.');
  const tasks = trace.traceEvents.filter(
    ({ name, pid, tid }) => name.endsWith('RunTask') && pid === stamp.pid && tid === stamp.tid,
  );
  return {
    workedMs: Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000)),
    clockMs: Math.max(0, ...tasks.map(({ dur = 0 }) => dur / 1000)),
  };
}
