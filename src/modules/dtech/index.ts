export { activateDtech } from './activation/activate-dtech';
export { DtechModule } from './dtech.module';
export { setupAppwrite } from './mirror/appwrite-setup';
