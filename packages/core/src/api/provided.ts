/** A type-only brand of arguments that the decorator injects. Does not exist at run time. */
declare const provided: unique symbol;
export interface Provided<P extends string = string> {
  readonly [provided]: P;
}
