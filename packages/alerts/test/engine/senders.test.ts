import type { ApiKeyManager } from '@api-key-fallback/core';
import { createRuntime } from '@api-key-fallback/core/adapter';
import type { Notification } from '@api-key-fallback/alerts';
import { expect, it, onTestFinished } from 'vitest';
import { AlertEngine } from '../../src/engine/alert-engine.ts';
import type { GroupOptions } from '../../src/engine/alert-group.ts';
import type { Sender, SentRecord } from '../../src/engine/sender.ts';
import { makeRules } from '../../src/rules/make-rules.ts';
import { call, exhaust, heal, hourMs, minuteMs, Scene, type KeyOutcome } from '../scene.ts';

const refused: KeyOutcome = { kind: 'invalid-key', recheckAfterMs: 1000 * hourMs };
const labels = ['a', 'b', 'c', 'd'];

/** What several processes keep in common. */
class Note {
  records: readonly SentRecord[] = [];
  isAway = false;
}

class NoteSender implements Sender {
  isLeader = false;
  isClosed = false;
  readonly #note: Note;

  constructor(note: Note) {
    this.#note = note;
  }

  async load(): Promise<readonly SentRecord[]> {
    if (this.#note.isAway) throw new Error('The store is away.');
    return this.#note.records;
  }

  async save(records: readonly SentRecord[]): Promise<void> {
    if (this.#note.isAway) throw new Error('The store is away.');
    this.#note.records = JSON.parse(JSON.stringify(records)) as readonly SentRecord[];
  }

  standBack(): void {}

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** A process that watches the manager: its engine, its sender and what it has sent. */
function startProcess(
  scene: Scene,
  manager: ApiKeyManager,
  note: Note,
  options: Partial<GroupOptions> = {},
  deliver: () => Promise<boolean> = () => Promise.resolve(true),
) {
  const sent: Notification[] = [];
  const sender = new NoteSender(note);
  const times = { groupWaitMs: 10_000, groupIntervalMs: 300_000, repeatIntervalMs: 4 * hourMs };
  const engine = new AlertEngine({
    managers: [manager],
    rules: makeRules(),
    group: { ...times, sendResolved: true, locale: 'en', ...options },
    runtime: createRuntime(scene.clock),
    deliverer: {
      deliver: (notification) => {
        sent.push(notification);
        return deliver();
      },
    },
    createSender: () => sender,
    warn: (line) => scene.logged.push(line),
  });
  onTestFinished(() => engine.stop());
  return { engine, sender, take: () => scene.lines(sent.splice(0)) };
}

it('lets only the process that leads send, and its successor what it has not sent', async () => {
  const scene = new Scene();
  const manager = scene.manager(labels);
  const note = new Note();
  const processes = [startProcess(scene, manager, note), startProcess(scene, manager, note)] as const;
  await call(manager, { a: refused });
  await scene.clock.advance(hourMs);
  expect(processes.map(({ take }) => take())).toEqual([[], []]);
  processes[1].sender.isLeader = true;
  await scene.clock.advance(minuteMs);
  expect(processes.map(({ take }) => take())).toEqual([[], ['01:00:01 alert warning: key.invalid a']]);
});

it('goes on after another process: with its reminders and what is resolved, without repeating what it has sent', async () => {
  const scene = new Scene();
  const manager = scene.manager(labels);
  const note = new Note();
  const [first, second] = [startProcess(scene, manager, note), startProcess(scene, manager, note)];
  first.sender.isLeader = true;
  await call(manager, { a: refused });
  await scene.clock.advance(5 * hourMs);
  expect(first.take()).toEqual(['00:00:10 alert warning: key.invalid a', '04:00:10 reminder warning: key.invalid a']);
  first.engine.stop();
  second.sender.isLeader = true;
  await scene.clock.advance(10 * hourMs);
  expect(second.take()).toEqual(['12:00:10 reminder warning: key.invalid a']);
  heal(manager);
  await scene.clock.advance(hourMs);
  expect(second.take()).toEqual(['15:01:10 resolved warning: key.invalid a resolved']);
  expect(note.records).toEqual([]);
});

it('says what is resolved, also if it was fine before the process began', async () => {
  const scene = new Scene();
  const manager = scene.manager(labels);
  const note = new Note();
  const first = startProcess(scene, manager, note);
  first.sender.isLeader = true;
  await call(manager, { a: refused });
  await scene.clock.advance(minuteMs);
  first.engine.stop();
  heal(manager);
  await scene.clock.advance(5 * hourMs);
  // A reminder would be due, but not of what is fine.
  const second = startProcess(scene, manager, note);
  second.sender.isLeader = true;
  await scene.clock.advance(hourMs);
  expect(second.take()).toEqual(['05:02:11 resolved warning: key.invalid a resolved']);
});

it('sends nothing more when another process has taken over, and does not repeat what it sent when it leads again', async () => {
  const scene = new Scene();
  const manager = scene.manager(labels);
  const note = new Note();
  const [first, second] = [startProcess(scene, manager, note), startProcess(scene, manager, note)];
  first.sender.isLeader = true;
  await call(manager, { a: refused });
  await scene.clock.advance(minuteMs);
  first.take();
  first.sender.isLeader = false;
  second.sender.isLeader = true;
  await call(manager, { b: refused });
  await scene.clock.advance(10 * minuteMs);
  expect(first.take()).toEqual([]);
  expect(second.take()).toEqual(['00:05:10 alert warning: key.invalid a, key.invalid b']);
  second.sender.isLeader = false;
  first.sender.isLeader = true;
  await scene.clock.advance(hourMs);
  expect(first.take()).toEqual([]);
});

it('sends without what others know when that cannot be read, and logs it once', async () => {
  const scene = new Scene();
  const manager = scene.manager(labels);
  const note = new Note();
  note.isAway = true;
  const { sender, take } = startProcess(scene, manager, note);
  sender.isLeader = true;
  await call(manager, { a: refused });
  await scene.clock.advance(10 * hourMs);
  expect(take()).toHaveLength(2);
  expect(scene.logged).toEqual([expect.stringMatching(/cannot be read.*The store is away\.$/)]);
});

it('keeps no more than a note can hold, and no error text', async () => {
  const scene = new Scene();
  const many = Array.from({ length: 400 }, (_, index) => `key${index}`);
  const manager = scene.manager(many);
  const note = new Note();
  const { sender, take } = startProcess(scene, manager, note);
  sender.isLeader = true;
  await call(manager, Object.fromEntries(many.slice(0, 300).map((label) => [label, refused])));
  await scene.clock.advance(minuteMs);
  expect(take()).toHaveLength(1);
  expect(note.records).toHaveLength(100);
  const text = JSON.stringify(note.records);
  expect(text.length).toBeLessThan(64 * 1024);
  expect(text).not.toContain('lastError');
});

it('keeps that the quota of the day was sent', async () => {
  const scene = new Scene();
  const manager = scene.manager(['a'], { limits: { requestsPerDay: 10 } });
  const note = new Note();
  const first = startProcess(scene, manager, note);
  first.sender.isLeader = true;
  for (let number = 0; number < 9; number++) await call(manager);
  await scene.clock.advance(minuteMs);
  manager.setKeys(['a-0123456789abcdefghij', 'b-0123456789abcdefghij']);
  await scene.clock.advance(10 * minuteMs);
  expect(first.take()).toEqual([
    '00:00:10 alert warning: quota.high',
    '00:05:10 resolved warning: quota.high resolved',
  ]);
  first.engine.stop();
  const second = startProcess(scene, manager, note);
  second.sender.isLeader = true;
  for (let number = 0; number < 10; number++) await call(manager);
  await scene.clock.advance(hourMs);
  expect(second.take().filter((line) => line.includes('quota.high'))).toEqual([]);
});

it('sends one digest a day, although the process that sends has changed', async () => {
  const scene = new Scene();
  const manager = scene.manager(labels);
  const note = new Note();
  const options = { digest: { at: '13:00', timeZone: 'UTC' } };
  const [first, second] = [startProcess(scene, manager, note, options), startProcess(scene, manager, note, options)];
  first.sender.isLeader = true;
  await scene.clock.advance(2 * hourMs);
  expect(first.take()).toHaveLength(1);
  first.engine.stop();
  second.sender.isLeader = true;
  await scene.clock.advance(22 * hourMs);
  expect(second.take()).toEqual([]);
  await scene.clock.advance(2 * hourMs);
  expect(second.take()).toHaveLength(1);
});

it('closes the senders, and keeps nothing of what was not delivered until then', async () => {
  const scene = new Scene();
  const manager = scene.manager(labels);
  const note = new Note();
  const { promise: delivered, resolve } = Promise.withResolvers<boolean>();
  const { engine, sender, take } = startProcess(scene, manager, note, {}, () => delivered);
  sender.isLeader = true;
  await exhaust(manager, hourMs);
  await scene.clock.advance(minuteMs);
  expect(take()).toHaveLength(1);
  engine.stop();
  await engine.close();
  expect(sender.isClosed).toBe(true);
  resolve(true);
  await scene.clock.advance(hourMs);
  expect(note.records).toEqual([]);
});
