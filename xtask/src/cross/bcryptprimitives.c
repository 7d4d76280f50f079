/* Windows' ProcessPrng (bcryptprimitives.dll, from Windows 8 on) for a Wine that lacks it: random bytes from RtlGenRandom, which
   advapi32.dll exports as SystemFunction036. It never fails on Windows; here it ends the process where it would. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
    while (length > 0) {
        ULONG part = length > 0x10000000 ? 0x10000000 : (ULONG)length;
        if (!SystemFunction036(buffer, part))
            ExitProcess(ERROR_INTERNAL_ERROR);
        buffer += part;
        length -= part;
    }
    return TRUE;
}
