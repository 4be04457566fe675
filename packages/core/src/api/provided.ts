/** Type-only mark of an argument that the decorator provides; it never exists at run time. */
declare const provided: unique symbol;
export interface Provided<P extends string = string> {
  readonly [provided]: P;
}
