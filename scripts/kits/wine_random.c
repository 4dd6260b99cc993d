/* bcryptprimitives.dll as far as Rust's standard library needs it; Windows has it, Wine 8 does not. */
unsigned char __stdcall SystemFunction036(void *buffer, unsigned long length);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *data, unsigned long long length) {
  return SystemFunction036(data, (unsigned long)length);
}
