import type { Locator, Page } from 'playwright-core';

/** The row of a key on the overview. */
export function keyRow(page: Page, label: string, pool = 'Acme'): Locator {
  return page
    .getByRole('region', { name: pool })
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: label, exact: true }) });
}
