import type { Model, mongo } from 'mongoose';

/**
 * The driver's collection underneath a model, for writes that Mongoose has nothing to add to: whole values
 * that the domain made, many at once, or a pipeline.
 */
export function nativeOf<D extends object>(model: Model<D>): mongo.Collection<D> {
  return model.collection as unknown as mongo.Collection<D>;
}
