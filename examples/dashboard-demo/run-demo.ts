import { once } from 'node:events';
import { startDemo, type DemoOptions } from './start-demo.ts';
import { texts } from './texts.ts';

/** Runs the demo until the process is asked to end. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const demo = await startDemo(options);
  const { open, scenes, end } = texts[options.locale];
  console.log(`${open(demo.link)}\n${scenes[options.scene]}\n${end}`);
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  await demo.close();
}
