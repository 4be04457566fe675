import type { Nodes } from 'mdast';
import GithubSlugger from 'github-slugger';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';

export interface Link {
  target: string;
  line: number;
}

export interface Markdown {
  /** Headings and code blocks in the order of the page: `## Limits`, `code block (ts)`. */
  parts: string[];
  /** What a link can name after `#`. */
  anchors: Set<string>;
  /** Links, images, and `href`, `src` and `srcset` of HTML, as they are written. */
  links: Link[];
}

const htmlTarget = /\s(?:href|src|srcset)="([^"\s]+)/g;
const htmlAnchor = /\s(?:id|name)="([^"]+)"/g;

function targetsOf(node: Nodes): string[] {
  if (node.type === 'link' || node.type === 'image' || node.type === 'definition') return [node.url];
  if (node.type === 'html') return [...node.value.matchAll(htmlTarget)].map(([, target = '']) => target);
  return [];
}

/** Reads what links and translations are checked by. Anchors are those that GitHub and the site make. */
export function readMarkdown(text: string): Markdown {
  const slugger = new GithubSlugger();
  const page: Markdown = { parts: [], anchors: new Set(), links: [] };
  visit(fromMarkdown(text), (node) => {
    const line = node.position?.start.line ?? 1;
    page.links.push(...targetsOf(node).map((target) => ({ target, line })));
    if (node.type === 'code') page.parts.push(`code block (${node.lang ?? 'plain'})`);
    if (node.type === 'html') {
      for (const [, anchor = ''] of node.value.matchAll(htmlAnchor)) page.anchors.add(anchor);
    }
    if (node.type === 'heading') {
      const title = toString(node);
      page.parts.push(`${'#'.repeat(node.depth)} ${title}`);
      page.anchors.add(slugger.slug(title));
    }
  });
  return page;
}
