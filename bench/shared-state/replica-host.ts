// Runs in a process of its own: obeys the commands that arrive as messages.
import { HostCommands } from './host-commands.ts';

/** A command from the parent, and the number of its answer. */
export interface HostRequest {
  readonly id: number;
  readonly name: keyof HostCommands;
  readonly argument: unknown;
}

/** The answer to the command with this number. */
export interface HostAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

const commands = new HostCommands();

async function answer({ id, name, argument }: HostRequest): Promise<void> {
  const run = commands[name].bind(commands) as (argument: unknown) => Promise<unknown>;
  const result: HostAnswer = await run(argument).then(
    (value) => ({ id, value }),
    (error: unknown) => ({ id, error: String(error) }),
  );
  process.send?.(result);
}

process.on('message', (request: HostRequest) => void answer(request));
process.on('disconnect', () => process.exit());
