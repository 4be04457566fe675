import type { Locator } from 'playwright-core';

/** How a visitor uses the page. */
export interface Hand {
  /** Presses a button or follows a link. */
  press(target: Locator): Promise<void>;
  /** Chooses an entry of an open menu. */
  pick(entry: Locator): Promise<void>;
  /** Replaces what a field says. */
  write(field: Locator, text: string): Promise<void>;
  /** Chooses the option with this name. */
  choose(select: Locator, option: string): Promise<void>;
}

export const mouse: Hand = {
  press: (target) => target.click(),
  pick: (entry) => entry.click(),
  async write(field, text) {
    await field.click();
    await field.fill(text);
  },
  async choose(select, option) {
    await select.selectOption({ label: option });
  },
};

/** Reaches everything step by step, so a test fails for what the keyboard cannot reach. */
export const keyboard: Hand = {
  async press(target) {
    await stepTo(target, { ahead: 'Tab', back: 'Shift+Tab' });
    await target.page().keyboard.press('Enter');
  },
  async pick(entry) {
    await stepTo(entry, { ahead: 'ArrowDown', back: 'ArrowUp' });
    await entry.page().keyboard.press('Enter');
  },
  async write(field, text) {
    await stepTo(field, { ahead: 'Tab', back: 'Shift+Tab' });
    await field.page().keyboard.press('ControlOrMeta+A');
    await field.page().keyboard.press('Delete');
    await field.page().keyboard.type(text);
  },
  async choose(select, option) {
    await stepTo(select, { ahead: 'Tab', back: 'Shift+Tab' });
    // Some lists choose at once, others open first. From the first option it goes down in both.
    for (const key of ['ArrowDown', 'Home', ...Array.from({ length: 10 }, () => 'ArrowDown')]) {
      const { chosen, reached } = await select.evaluate(optionsOf);
      if (chosen === option) return;
      if (reached === option) return select.page().keyboard.press('Enter');
      await select.page().keyboard.press(key);
    }
    throw new Error(`The keyboard does not reach the option ${option}.`);
  },
};

const mostSteps = 100;

async function stepTo(target: Locator, keys: { readonly ahead: string; readonly back: string }): Promise<void> {
  await target.waitFor();
  // Looking for it by its role at each step would take long.
  const element = await target.elementHandle();
  for (let step = 0; step < mostSteps; step++) {
    const place = await element?.evaluate(placeOf);
    if (place === undefined || place === 'here') return;
    await target.page().keyboard.press(keys[place]);
  }
  throw new Error(`The keyboard does not reach ${String(target)}.`);
}

/** Runs in the page, as the next one does. Tests are compiled without the types of browsers. */
function optionsOf(select: any): { readonly chosen: string; readonly reached: string } {
  return { chosen: select.selectedOptions[0].textContent, reached: select.ownerDocument.activeElement.textContent };
}

function placeOf(element: any): 'here' | 'ahead' | 'back' {
  const active = element.ownerDocument.activeElement;
  if (active === element) return 'here';
  const isAhead = (active.compareDocumentPosition(element) & element.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return isAhead ? 'ahead' : 'back';
}
