import { join } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // Only in this repository, whose packages are links to folders further up. Your application needs no setting.
  turbopack: { root: join(import.meta.dirname, '../../..') },
};

export default config;
