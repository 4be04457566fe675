import { randomBytes, randomInt } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/** Makes random keys in the form of each provider's keys. They exist on this machine only. */
export const makeKey = {
  openai: (): string => `sk-proj-${randomText(48)}`,
  youtube: (): string => `AIza${randomText(35)}`,
  rapidapi: (): string => {
    const hex = randomBytes(18).toString('hex');
    return `${hex.slice(0, 10)}msh${hex.slice(10, 25)}p1${hex.slice(25, 31)}jsn${randomBytes(6).toString('hex')}`;
  },
  mistral: (): string => randomText(32),
} as const;
