import { describe, expect, it } from 'vitest';
import { mergeLines, plainLine, variableLine } from '../../src/init/merge-lines.ts';

const wanted = [variableLine('A_KEY'), variableLine('A_KEY_2'), plainLine('.env')];

describe('mergeLines', () => {
  it.each([
    { text: '', merged: 'A_KEY=\nA_KEY_2=\n.env\n' },
    { text: 'A_KEY=x', merged: 'A_KEY=x\nA_KEY_2=\n.env\n' },
    { text: 'export A_KEY = x\n# A_KEY_2=\n', merged: 'export A_KEY = x\n# A_KEY_2=\n.env\n' },
    { text: 'A_KEY_2=\r\n.env\r\n', merged: 'A_KEY_2=\r\n.env\r\nA_KEY=\n' },
    { text: 'MY_A_KEY=x\n.env.local\n', merged: 'MY_A_KEY=x\n.env.local\nA_KEY=\nA_KEY_2=\n.env\n' },
  ])('adds to $text only what it lacks', ({ text, merged }) => {
    expect(mergeLines(text, wanted)).toBe(merged);
    expect(mergeLines(merged, wanted)).toBe(merged);
  });
});
