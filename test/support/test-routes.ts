import type { Type } from '@nestjs/common';
import { AppModule } from '../../src/app.module';

/**
 * Adds controllers that only this test file knows to the application it will start, so that the borders are tried on
 * the real application without borrowing a room's routes.
 */
export function addTestControllers(...controllers: Type[]): void {
  const original = AppModule.with.bind(AppModule);
  jest.spyOn(AppModule, 'with').mockImplementation((config, url) => {
    const module = original(config, url);
    return { ...module, controllers: [...(module.controllers ?? []), ...controllers] };
  });
}
