/** What people read of a notification, in its locale. Channels lay it out. */
export interface Message {
  readonly title: string;
  readonly sections: readonly { readonly heading: string; readonly text: string }[];
  readonly keys: readonly { readonly label: string; readonly masked: string; readonly text: string }[];
  /** The dashboard, if there is one. */
  readonly link?: string;
}
