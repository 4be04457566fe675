import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listPageSources } from './page-source.ts';
import { toStarlightPage } from './starlight-page.ts';

const rooms = { start: 'Start', guides: 'Guides', recipes: 'Recipes', reference: 'Reference', why: 'Why' };

/** Returns the English pages of the documentation as lists of links for `llms.txt`, one for each room. */
export function llmsDetails(root: string, url: string): string {
  const docs = listPageSources(root).filter(({ file }) => /^docs\/(?!pt-BR\/)/.test(file));
  const sections = Object.entries(rooms).map(([room, label]) => {
    const lines = docs
      .filter(({ route }) => route.split('/')[0] === room)
      .toSorted((a, b) => a.route.localeCompare(b.route))
      .map(({ file, route }) => {
        const { title, description } = toStarlightPage(readFileSync(join(root, file), 'utf8'), (target) => target);
        return `- [${title}](${url}/${route}/): ${description}`;
      });
    return lines.length === 0 ? '' : `## ${label}\n\n${lines.join('\n')}`;
  });
  return sections.filter(Boolean).join('\n\n');
}
