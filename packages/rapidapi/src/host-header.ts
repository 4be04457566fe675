/** The request header that names the API's host. RapidAPI counts a key's quotas per host. */
export const hostHeader = 'x-rapidapi-host';
