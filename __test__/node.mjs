// The Node that tests start in processes of their own, and the flags that this variant of the suite wants for it.

export const node = process.env.ARKFFI_TEST_NODE ?? process.execPath;
export const flags = process.env.ARKFFI_TEST_NO_CODEGEN ? ['--disallow-code-generation-from-strings'] : [];
