#include "rolecall/adapter/crypto/signer.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <set>
#include <string>

#include "rolecall/base/encoding.hpp"
#include "unit/ecdsa.hpp"

namespace rolecall::adapter::crypto {
namespace {

// Made for this test, and used nowhere.
constexpr const char* kRsa =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC3fSWj4P/JBv9z\n"
    "PsQooZtvn/AP4jvb8L9sySdyMfuSnhAjUYz+6iF4YysTGnwNWMKCnhwCl9JmF6M1\n"
    "ZgczbZFiU5A7tC1pD+kK/9Di5MncUNvh/5upOZqkPJnS+xMtRyQ1eGcPAZO10IPz\n"
    "/vKfPBBCdL8enQFaiOGFJ1U7hZSuJAu59OlO/qqDfgeGNjih+tknkHdYATYQO1aq\n"
    "6LbrfRV/rK09X2FMTIyEonXjQbU1gUY54PMKHZMoTLL+MXvvgbfBMAG5Zv+yEL/O\n"
    "F2d1dwep0Czq5sPekfLofmNojCgxThSj9+mPO24OoougKZX32DLbHr1uM1RqH64J\n"
    "zOATPaQdAgMBAAECggEAHfem/5pePCdT7i8Im3g1aigtbXKuAxBRO0OpGRn3s+zz\n"
    "xsjpZbK4b7CGlvKi4w0li26mNXg1SS5AHhcBQxF4hp4ONuoI5plOHtlD9OKX408j\n"
    "ckgsVJmPW5Z4KwCNk74EOGVnM4i25qFdA6sWVhJZt3jYw/exgmdLqdMQNQ3uh/gd\n"
    "E5c/Mr8ffV5Rtbl59P4Sy7YYMGlUNQdktRZz8/vy8+ROlwcLACy56xtXPE2dKmHo\n"
    "5Y2beLwlefmzXt70Q5QWSJifg3bIf+BQPuh1t6WgzXJ44bmMAideNLtTagGaFchF\n"
    "0fmm9LQK0DEcdode3OKMEE/gCOMd0DcVlqeVZO6j4wKBgQDr53pIGWjKdHIU9l1W\n"
    "sHdd+3CbO2XQKZ21H7SWFeJSWpM6/bSE32ejekH+//wZ5p6T3vSFD14bq2R4ECE7\n"
    "CP+Dv/45NOX+Xf7aViTRqCLWcton6S/Osu0LOmR7R/cqmBrD8Q8blwvQD8BdDJh8\n"
    "i0gziRkPGt5r+jMhpvpVCu+DnwKBgQDHHpzD0WZSX0tNh93E9M0wDYx1jcKGKzhu\n"
    "SglsOTwfYt8yJFzOTxNhLoKDvW0bZd5NGgkYEmlPqZrD8Gld1vdCHI7nMIjmGDiX\n"
    "gSOQpTL779YFq/LUUKvYKtFZjDKwGMqRBNCyjTcmmCXpjzSybfnMF7mXZPeW4gMz\n"
    "7wi9IIhewwKBgQDcYgbZ3msIYBrHvJTcTMVnFmRPkQD/pDFCKVmCsPUbLKTJAoUn\n"
    "cLIYhjmraSfyZoGU8UAMIpwvS0Hz7FWvGiviwHVWqjWHGfbhsIJ7HxFUuD1X9cAE\n"
    "4SEUUTvX9BZTQ4AVt1j+1HBjsqNqCj9WcqRECPtRIi/SPg6QjLbmxe2WTwKBgCCK\n"
    "OiguEkCn3hB/gZhsQRP3Qtr7Haz7Zy9u3fdXqyGd8Meq9ZepiIs7JI0O6cOudBO5\n"
    "i37pk1g3aVlX8oApXyLos9nILrcbgjQQIJXEyX4uhZVLslVMEakz5h5yMN5iTshA\n"
    "NzLWrQqblqaChqQaINZfki7RizyXFtrn10/A/0gtAoGBANrVSRxHSs3XEmeWEnmG\n"
    "6axn0bjWSlrBKjXk5j4f+sLvRmfIB7O1QJOLXvDbMeQa5VmKl2smga4RJkDQ4OoC\n"
    "d8pWoa1xJHlxqgDm8DKywH0Y9gEODTXiBAwALeFTUoDyjHi9DvisD/H30f6xNlAs\n"
    "fhSqX/snm0UenzxKY0I5eyer\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kRsaPublic =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAt30lo+D/yQb/cz7EKKGb\n"
    "b5/wD+I72/C/bMkncjH7kp4QI1GM/uoheGMrExp8DVjCgp4cApfSZhejNWYHM22R\n"
    "YlOQO7QtaQ/pCv/Q4uTJ3FDb4f+bqTmapDyZ0vsTLUckNXhnDwGTtdCD8/7ynzwQ\n"
    "QnS/Hp0BWojhhSdVO4WUriQLufTpTv6qg34HhjY4ofrZJ5B3WAE2EDtWqui2630V\n"
    "f6ytPV9hTEyMhKJ140G1NYFGOeDzCh2TKEyy/jF774G3wTABuWb/shC/zhdndXcH\n"
    "qdAs6ubD3pHy6H5jaIwoMU4Uo/fpjztuDqKLoCmV99gy2x69bjNUah+uCczgEz2k\n"
    "HQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kEc =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHZg+yenjsXVoSUa2\n"
    "8WLPN9v9bIruf8byKbwwctEPlbOhRANCAAQXP6freYn3xr2GU9LWutVP/heGo78V\n"
    "5mcQRnRAZ00Fsr+dpAvwMwQmKUeEpSGVHTDn4CPJUOEK9E0dBXGq97Pa\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kEcTraditional =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIB2YPsnp47F1aElGtvFizzfb/WyK7n/G8im8MHLRD5WzoAoGCCqGSM49\n"
    "AwEHoUQDQgAEFz+n63mJ98a9hlPS1rrVT/4XhqO/FeZnEEZ0QGdNBbK/naQL8DME\n"
    "JilHhKUhlR0w5+AjyVDhCvRNHQVxqvez2g==\n"
    "-----END EC PRIVATE KEY-----\n";
constexpr const char* kEcPublic =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFz+n63mJ98a9hlPS1rrVT/4XhqO/\n"
    "FeZnEEZ0QGdNBbK/naQL8DMEJilHhKUhlR0w5+AjyVDhCvRNHQVxqvez2g==\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kShortRsa =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBANf1xielsQ79cQ/R\n"
    "jhVJdf9JygJMzSf2SfXUd+qiYDKtyBlS0lS+uXQRy+MHPvjKo1CVDcsNUzn67OKO\n"
    "NR+lcJXxeElHalM1IYOhEYohXL5bNjkJQ5PXFOA4ZczRuO32LzOI2QFjS798x7nN\n"
    "xuiecd340f7wpkjtApbnD5PJj+XzAgMBAAECgYEAi7peelqPQ9ahZ427c3RzXzi7\n"
    "9l8AwmFtGxxcdjiXK1MbS581rVU1oq69D2gpy0k4/7NhGEbH2ZTL3g4Kuy4MuBbZ\n"
    "AfGL/MeY+X+8+1OVORuz/7x9tNUp8fEKD/gLq7g5zAALjzmv46U596cBHtY1uOKA\n"
    "DN5VsbXA37o6JtnCf0ECQQD1UYZoc0aJpqm9s+XOxnkdF0ct6DAwUUVfdLKuEwj/\n"
    "jyzedeNz0Jx4hWp8WPD08bBNKXhTUpgDAGpXs59mAYVTAkEA4V0AbIvfiyCfepp/\n"
    "YHzTOPVVPXXowbphFSI9XcV4jt7u9UChVHjv7BT59nkL/mfxrrg4ejXljPngOs0n\n"
    "WbBo4QJAS2czmQdVtxmzMswI5vW6ZGazSjkEFtXkLOMByN+w9FxdvkMeFosYjTL0\n"
    "+COebKudNRp6EaJhdwq5pRtg80mkYQJAJRRnQHTXKA4LD2IiOR7wpft/tegTjuR6\n"
    "mr6SeD5IcsFtcb7bjImFeEOPSSVresVhd4zqBfmeNk7avPIKWnBzIQJAHId2TucD\n"
    "h0tH9oW432lkhdwT+jIQqmVIutSBwGPz63DQgrrRaawf3gW4BkZHDUcKLkJihcfg\n"
    "h917eU1d5xPlfw==\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kOtherCurve =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA+tSKIKfMqjW67Keit\n"
    "CiZJSmwU+0tghNtVCEUSi85CcgalWwmtzJWh+vlWe4tVVAahZANiAAQKFdQWUf/3\n"
    "Ds6RIHmyrB9Zqh6XMfJTrOenzcGjssP3eUAdNAoXwC9ds1sDpej3rX8E1zk4TVBC\n"
    "zgNr/FBUkYUF6H3Yxw+4hOQ5SwPm13lKHh0zAzU3ttm7XMNNxVcszuI=\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kLocked =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjT+S27yhJfDwICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEDp1D4OKZOQ6PUwchHqiKS4EgZBy\n"
    "K3Pju+6tf2wnbqwUTpd3w9VxLUTjeJJKclIwXbLnnic3t6ynAmtRNtkpaacYGjzU\n"
    "isYr/hZRk8sy8zxM3y9yfKT8l2a1oQ98+xMA2EnIhrFtajYo+zDtol3frQ+VxylG\n"
    "Yqs2yJESuAYkzbm9R0oprpjkoCO0AVdsoZY41ckERwxEDEliTO9OiRz0VKYU3ME=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

bool verifies(const char* public_key, const std::string& text, const std::string& signature) {
  BIO* bio = BIO_new_mem_buf(public_key, -1);
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  BIO_free_all(bio);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool is_good =
      EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return is_good;
}

TEST(Signer, Rsa_SignsAsRs256) {
  const auto signer = make_signer();
  EXPECT_EQ(*signer->algorithm_of(Secret(kRsa)), "RS256");
  const auto signature = signer->sign(Secret(kRsa), "some text");
  ASSERT_TRUE(signature);
  EXPECT_TRUE(verifies(kRsaPublic, "some text", *signature));
  EXPECT_FALSE(verifies(kRsaPublic, "some texT", *signature));
}

TEST(Signer, P256_SignsAsEs256InTwoNumbersOfFixedLength) {
  const auto signer = make_signer();
  for (const char* key : {kEc, kEcTraditional}) {
    EXPECT_EQ(*signer->algorithm_of(Secret(key)), "ES256");
    // So often that one of the numbers is short.
    for (int i = 0; i < 300; ++i) {
      const std::string text = "text " + std::to_string(i);
      const auto signature = signer->sign(Secret(key), text);
      ASSERT_TRUE(signature);
      ASSERT_EQ(signature->size(), 64U);
      ASSERT_TRUE(verifies(kEcPublic, text, tests::as_der(*signature)));
    }
  }
}

TEST(Signer, OtherKeys_AreRefusedWithoutAWordOfThem) {
  const auto signer = make_signer();
  for (const char* key : {"", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", kRsaPublic,
                          kShortRsa, kOtherCurve, kLocked}) {
    const auto algorithm = signer->algorithm_of(Secret(key));
    const auto signature = signer->sign(Secret(key), "text");
    ASSERT_FALSE(algorithm) << key;
    ASSERT_FALSE(signature) << key;
    EXPECT_EQ(algorithm.error().code, ErrorCode::invalid_value);
    EXPECT_EQ(algorithm.error().note, "");
    EXPECT_EQ(algorithm.error().detail, signature.error().detail) << "always the same words";
  }
}

TEST(Signer, KeyOfItsOwn_SignsAndShowsItsPublicHalf) {
  const auto signer = make_signer();
  std::set<std::string> keys;
  for (int i = 0; i < 50; ++i) {
    const auto key = signer->make_key();
    ASSERT_TRUE(key);
    EXPECT_TRUE(keys.insert(key->expose()).second) << "never the same twice";
    EXPECT_EQ(*signer->algorithm_of(*key), "ES256");
    const auto point = signer->public_point(*key);
    ASSERT_TRUE(point);
    const std::string signature = *signer->sign(*key, "text");
    EXPECT_TRUE(tests::is_signed_by(point->x, point->y, "text", signature));
    EXPECT_FALSE(tests::is_signed_by(point->x, point->y, "texT", signature));
  }
  const auto known = signer->public_point(Secret(kEc));
  ASSERT_TRUE(known);
  // As in the public key above.
  EXPECT_EQ(to_hex(known->x), "173fa7eb7989f7c6bd8653d2d6bad54ffe1786a3bf15e66710467440674d05b2");
  EXPECT_EQ(to_hex(known->y), "bf9da40bf0330426294784a521951d30e7e023c950e10af44d1d0571aaf7b3da");
  EXPECT_FALSE(signer->public_point(Secret(kRsa)));
  EXPECT_FALSE(signer->public_point(Secret("x")));
}

}  // namespace
}  // namespace rolecall::adapter::crypto
