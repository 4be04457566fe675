import type { StarlightPlugin } from '@astrojs/starlight/types';

/** Fails the build for a link to a page or heading that does not exist. */
export declare function linksValidator(options: { readonly errorOnFallbackPages: boolean }): StarlightPlugin;
