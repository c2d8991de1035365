/* SPDX-License-Identifier: ISC */
#include "base/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define SEAL_VERSION 1
#define NONCE_BYTES 12
#define TAG_BYTES 16

_Static_assert(SEAL_OVERHEAD == 1 + NONCE_BYTES + TAG_BYTES, "what a seal adds");

void seal_key(const uint8_t server_key[SECRET_BYTES], const char *purpose, uint8_t ret_key[SECRET_BYTES])
{
	secret_hmac_sha256(server_key, SECRET_BYTES, purpose, strlen(purpose), ret_key);
}

void seal_close(const uint8_t key[SECRET_BYTES], const uint8_t *plain, size_t len, uint8_t *ret_sealed)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t *nonce = ret_sealed + 1, *text = nonce + NONCE_BYTES;
	int out;

	ret_sealed[0] = SEAL_VERSION;
	secret_random(nonce, NONCE_BYTES);
	if (!context || EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) != 1 || EVP_EncryptUpdate(context, text, &out, plain, (int)len) != 1 ||
		EVP_EncryptFinal_ex(context, text + out, &out) != 1 || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, text + len) != 1)
		abort(); /* out of memory; nothing else can go wrong here */
	EVP_CIPHER_CTX_free(context);
}

bool seal_open(const uint8_t key[SECRET_BYTES], const uint8_t *sealed, size_t len, uint8_t *ret_plain)
{
	const uint8_t *nonce = sealed + 1, *text = nonce + NONCE_BYTES;
	EVP_CIPHER_CTX *context;
	uint8_t tag[TAG_BYTES];
	size_t text_len;
	bool good;
	int out;

	if (len < SEAL_OVERHEAD || sealed[0] != SEAL_VERSION)
		return false;
	text_len = len - SEAL_OVERHEAD;
	memcpy(tag, text + text_len, TAG_BYTES);
	context = EVP_CIPHER_CTX_new();
	if (!context || EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) != 1 ||
		EVP_DecryptUpdate(context, ret_plain, &out, text, (int)text_len) != 1 || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) != 1)
		abort();
	good = EVP_DecryptFinal_ex(context, ret_plain + out, &out) == 1;
	EVP_CIPHER_CTX_free(context);
	if (!good)
		OPENSSL_cleanse(ret_plain, text_len);
	return good;
}
