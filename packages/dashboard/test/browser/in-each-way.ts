import type { Page } from 'playwright-core';
import { keyboard, mouse, type Hand } from './hand.ts';
import { widths } from './open-page.ts';

/** One way to use the page. */
export interface Way {
  readonly width: number;
  readonly hand: Hand;
  /** How many ways were gone before. */
  readonly turn: number;
}

const hands = { mouse, keyboard };

/** Does something at each width by mouse and by keyboard. It leaves the page as it was before. */
export async function inEachWay(page: Page, act: (way: Way) => Promise<void>): Promise<void> {
  let turn = 0;
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    for (const [name, hand] of Object.entries(hands)) {
      try {
        await act({ width, hand, turn: turn++ });
      } catch (cause) {
        throw new Error(`At ${width} px by ${name}.`, { cause });
      }
    }
  }
}
