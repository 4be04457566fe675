import * as api from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';

it('exports these names, and no others', () => {
  expect(Object.keys(api)).toMatchInlineSnapshot(`
    [
      "alertmanager",
      "discord",
      "email",
      "slack",
      "teams",
      "webhook",
      "DeliveryError",
      "describeNotification",
      "watchKeys",
    ]
  `);
});
