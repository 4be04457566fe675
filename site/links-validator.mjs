// Apart from the TypeScript of the site: the package ships its sources, which do not compile with the settings of this repository.
export { default as linksValidator } from 'starlight-links-validator';
