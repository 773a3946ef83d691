import { Injectable, type OnModuleInit } from '@nestjs/common';
import { KeyRotation } from '../../platform/secrets/key-rotation';

/** Names what this room keeps sealed, so that it is sealed anew when the key changes. */
@Injectable()
export class SealedColumns implements OnModuleInit {
  constructor(private readonly rotation: KeyRotation) {}

  onModuleInit(): void {
    this.rotation.register({ table: 'dtech_activation', column: 'secret_access_key' });
    this.rotation.register({ table: 'sale_recording', column: 'upload_url' });
  }
}
