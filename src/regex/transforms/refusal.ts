/**
 * How a transform says that V8's engine cannot do what the pattern means.
 * @module
 */

/** Why the exact matcher must take the pattern; thrown by a transform, caught where the engine is chosen. */
export class NativeRefusal extends Error {
  override readonly name = "NativeRefusal";
}
