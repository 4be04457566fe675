import starlight from '@astrojs/starlight';
import type { AstroUserConfig } from 'astro';
import starlightLlmsTxt from 'starlight-llms-txt';
import { linksValidator } from './links-validator.mjs';
import { llmsDetails } from './pages/llms-details.ts';
import { repositoryPages } from './pages/repository-pages.ts';
import { repositoryUrl } from './pages/resolve-link.ts';

const host = 'https://api-key-fallback.github.io';
const base = '/api-key-fallback';

/** Returns the settings of a site of the repository in the folder `root`. */
export function siteConfig(root: string): AstroUserConfig {
  return {
    site: host,
    base,
    trailingSlash: 'always',
    integrations: [
      starlight({
        title: 'API Key Fallback',
        description: 'Use several API keys for one provider, and keep your service up when one of them fails.',
        defaultLocale: 'root',
        locales: {
          root: { label: 'English', lang: 'en' },
          'pt-br': { label: 'Português (Brasil)', lang: 'pt-BR' },
        },
        social: [{ icon: 'github', label: 'GitHub', href: repositoryUrl }],
        expressiveCode: { shiki: { langAlias: { env: 'dotenv' } } },
        customCss: ['/src/styles/accent.css'],
        plugins: [
          repositoryPages(root),
          starlightLlmsTxt({
            details: llmsDetails(root, host + base),
            exclude: ['reference/api/**', 'why/decisions/**'],
          }),
          linksValidator({ errorOnFallbackPages: false }),
        ],
      }),
    ],
  };
}
