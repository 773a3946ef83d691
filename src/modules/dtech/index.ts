export { DtechModule } from './dtech.module';
