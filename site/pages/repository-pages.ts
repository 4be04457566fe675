import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StarlightPlugin } from '@astrojs/starlight/types';
import { listPageSources } from './page-source.ts';
import { sidebarOf } from './sidebar.ts';
import { listEntryPoints, writeApi } from './write-api.ts';
import { writePages } from './write-pages.ts';

/** Feeds Starlight with the Markdown of the repository and the API of its packages. In development, pages follow their files. */
export function repositoryPages(root: string): StarlightPlugin {
  return {
    name: 'repository-pages',
    hooks: {
      async 'config:setup'({ addIntegration, astroConfig, command, logger, updateConfig }) {
        if (command === 'preview' || command === 'sync') return;
        const site = { root, base: astroConfig.base, folder: fileURLToPath(astroConfig.root) };
        await writeApi(root);
        const sources = listPageSources(root);
        writePages(site, sources);
        logger.info(`${sources.length} pages written.`);
        updateConfig({ sidebar: sidebarOf(sources, listEntryPoints(root).values()) });
        const docs = join(root, 'docs') + sep;
        addIntegration({
          name: 'repository-pages',
          hooks: {
            'astro:server:setup': ({ server }) => {
              server.watcher.add(docs).on('change', (path) => {
                if (!path.startsWith(docs)) return;
                try {
                  writePages(site, sources);
                } catch (error) {
                  logger.error(String(error));
                }
              });
            },
          },
        });
      },
    },
  };
}
