export type Run = <T>(job: () => Promise<T>) => Promise<T>;

/** A waiting list whose worker runs every job in the async context of the call that started the worker. */
export function waitingList(): Run {
  const jobs: (() => Promise<unknown>)[] = [];
  let isRunning = false;
  const work = async () => {
    isRunning = true;
    for (let job = jobs.shift(); job; job = jobs.shift()) await job();
    isRunning = false;
  };
  return (job) =>
    new Promise((resolve, reject) => {
      jobs.push(() => job().then(resolve, reject));
      if (!isRunning) void work();
    });
}
