import type { Headline } from '../../../src/protocol/page-document.ts';
import { countdown } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { number } from '../format/number.ts';
import { texts } from '../texts/texts.ts';

/** What is wrong, in one sentence. */
export function headlineText(headline: Headline): string {
  const words = texts.value.overview.headline;
  switch (headline.kind) {
    case 'empty':
      return texts.value.empty.title;
    case 'down':
      return words.down(isolated(headline.pool.displayName));
    case 'half':
      return words.half(isolated(headline.pool.displayName), number(headline.usable), number(headline.total));
    case 'refused':
    case 'out':
    case 'fine':
      return words[headline.kind](headline.count);
  }
}

/** What follows from it. */
export function consequenceText(headline: Headline, nowMs: number): string {
  const words = texts.value.overview.consequence;
  switch (headline.kind) {
    case 'empty':
      return '';
    case 'fine':
      return words.nothing;
    case 'refused':
    case 'out':
      return words.served;
    case 'down':
    case 'half': {
      const { firstBack } = headline;
      const refused = headline.kind === 'half' ? headline.refused : undefined;
      const sentences = [
        ...(refused === undefined ? [] : [words.replace(isolated(refused))]),
        ...(firstBack ? [words.firstBack(isolated(firstBack.label), countdown(firstBack.backAtMs - nowMs))] : []),
        ...(headline.kind === 'down' && !firstBack ? [words.noneBack] : []),
      ];
      return sentences.join(' ');
    }
  }
}
