import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ProviderDocument } from '../../../src/protocol/provider-document.ts';
import { isolated } from '../format/isolated.ts';
import { Icon } from '../parts/icon.tsx';
import { KeyMenu } from '../parts/key-menu.tsx';
import { Notice } from '../parts/notice.tsx';
import { StateIcon } from '../parts/state-icon.tsx';
import { latestPage } from '../state/page.ts';
import { go } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { KeyDetails } from './key-details.tsx';

interface KeyDetailsDialogProps {
  readonly document: ProviderDocument;
  readonly keyId: string;
}

const close = () => go({ key: '' });

/** Everything about one key, at the side of the page. The address names the key, so it can be shared. */
export function KeyDetailsDialog({ document: pool, keyId }: KeyDetailsDialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      focusKey(keyId);
    };
  }, [keyId]);
  const { provider, loading } = texts.value;
  const details = pool.details?.keyId === keyId ? pool.details : undefined;
  const row = details ?? pool.rows.rows[keyId];
  // Without a document the answer is still on its way.
  const isLoading = latestPage.value === undefined;
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="key-details"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={({ target, currentTarget }) => {
        // The backdrop belongs to the dialog; all that is inside has an element of its own.
        if (target === currentTarget) close();
      }}
    >
      <div class="sheet-in">
        <header class="sheet-head">
          {row && <StateIcon state={row.state} />}
          <div class="sheet-title">
            <h2 id="key-details">{row?.label ?? (isLoading ? loading : provider.details.none)}</h2>
            {row && <span class="mono dim">{`${isolated(pool.displayName)} · ${row.masked}`}</span>}
          </div>
          {row && <KeyMenu row={row} pool={pool} />}
          <button type="button" class="btn btn-ghost btn-square" aria-label={provider.details.close} onClick={close}>
            <Icon name="cross" />
          </button>
        </header>
        {details ? (
          <KeyDetails details={details} />
        ) : (
          <p class="none">{isLoading ? loading : provider.details.unknown}</p>
        )}
      </div>
      {/* While a dialog is open, the notices of the page are behind it. */}
      <Notice />
    </dialog>
  );
}

/** Goes on where the visitor was. A dialog that the address has opened has no opener. */
function focusKey(keyId: string): void {
  document.querySelector<HTMLElement>(`[data-key="${CSS.escape(keyId)}"]`)?.focus({ preventScroll: true });
}
