import type { VNode } from 'preact';
import { poolIdOf } from '../../../src/protocol/pool-head.ts';
import type { UnknownPoolDocument } from '../../../src/protocol/provider-document.ts';
import { isolated } from '../format/isolated.ts';
import { Icon } from '../parts/icon.tsx';
import { link } from '../state/view.ts';
import { texts } from '../texts/texts.ts';

export function UnknownPoolPage({ document }: { readonly document: UnknownPoolDocument }): VNode {
  const words = texts.value.unknownPool;
  return (
    <div class="page narrow">
      <div class="empty card">
        <h1>{words.title(isolated(poolIdOf(document)))}</h1>
        <p class="lead">{words.lead}</p>
        <a class="more" href={link({ page: 'overview' })}>
          <Icon name="back" />
          {words.back}
        </a>
      </div>
    </div>
  );
}
