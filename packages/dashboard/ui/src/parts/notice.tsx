import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { Icon, type IconName } from './icon.tsx';

const shownForMs = 5000;
const current = signal<{ readonly text: string; readonly icon: IconName } | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows one line for five seconds. */
export function notify(text: string, icon: IconName = 'healthy'): void {
  clearTimeout(timer);
  current.value = { text, icon };
  timer = setTimeout(() => {
    current.value = undefined;
  }, shownForMs);
}

export function Notice(): VNode {
  const shown = current.value;
  return (
    <div class="notice-host" role="status">
      {shown && (
        <div class="notice">
          <Icon name={shown.icon} />
          {shown.text}
        </div>
      )}
    </div>
  );
}
